import type { Sources } from "./sources.ts";

/** docs/decisions/0011-size-of-the-helper.md: to come back to 4,000. */
const maxNativeLines = 4241;

/**
 * Calls that resolve a path by themselves, and where each may be used. What is below a container's root is reached
 * only by descriptors from openat2(2) (paths.c); the *at() calls take a descriptor and one name.
 */
const pathCalls: readonly { readonly calls: RegExp; readonly files: ReadonlySet<string> }[] = [
  {
    calls:
      /\b(?:open|creat|stat|lstat|access|readlink|truncate|mkdir|rmdir|unlink|rename|link|symlink|mknod|chmod|chown|lchown)\(/,
    // launch.c: the helper's own executable
    files: new Set(["native/paths.c", "native/launch.c"]),
  },
  // Ways round a root: handles name files by number, and a working directory is where a relative path begins.
  {
    calls: /\b(?:SYS_openat2|SYS_open_tree|SYS_move_mount)\b/,
    files: new Set(["native/files.c"]),
  },
  { calls: /\bchdir\(/, files: new Set(["native/operations_child.c", "native/operations_init.c"]) },
  {
    calls: /\b(?:lsetxattr|setxattr|getxattr|lgetxattr|listxattr|llistxattr|removexattr)\(/,
    files: new Set(["native/extract.c"]),
  },
];

/** Calls that have no place in the helper: mounts by path, name look-ups, shells, environment, formatted input, unbounded copies. */
const neverCalls =
  /\b(?:mount|umount|swapon|chroot|system|popen|getenv|secure_getenv|setlocale|getpwnam|getpwuid|getgrnam|getgrgid|getaddrinfo|gethostbyname|dlopen|fopen|freopen|opendir|realpath|nftw|glob|wordexp|sscanf|scanf|gets|strcpy|strcat|sprintf|vsprintf|strtok|execvp|execlp|execl|tmpnam|tempnam|mktemp|alloca|name_to_handle_at|open_by_handle_at)\(/;

/**
 * openat(2) follows a link in the last place: the name is a literal of ours, or links are refused. Elsewhere only where it
 * is reviewed: paths.c, which made sure before, and archive.c, which opens what it holds once more by its number.
 */
const followingOpen = /\bopenat\((?![^,]+, "")(?!.*O_NOFOLLOW)/;
const reviewedOpens: ReadonlySet<string> = new Set(["native/paths.c", "native/archive.c"]);

/** Rules for the native helper that can be seen in its text. */
export function findNativeViolations(sources: Sources): readonly string[] {
  const total = [...sources.values()].reduce((sum, text) => sum + text.trimEnd().split("\n").length, 0);
  return [
    ...(total > maxNativeLines ? [`native/ has ${total} lines, the limit is ${maxNativeLines}`] : []),
    ...[...sources].flatMap(([path, text]) => findCalls(path, cCodeOf(text))),
  ];
}

function findCalls(path: string, code: string): string[] {
  return code.split("\n").flatMap((line, index) => {
    const where = `${path}:${index + 1}`;
    const never = neverCalls.exec(line);
    return [
      ...(never === null ? [] : [`${where} calls ${never[0]}), which has no place in the helper`]),
      ...(followingOpen.test(line) && !reviewedOpens.has(path)
        ? [`${where} calls openat(), which may follow a link in the last place`]
        : []),
      ...pathCalls.flatMap(({ calls, files }) => {
        const match = calls.exec(line);
        if (match === null || files.has(path)) return [];
        return [`${where} calls ${match[0]}), which resolves a path; only ${[...files].join(", ")} may`];
      }),
    ];
  });
}

function cCodeOf(text: string): string {
  const tokens = /\/\*[\s\S]*?\*\/|\/\/[^\n]*|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'/g;
  return text.replace(tokens, (token) => (token.startsWith("/") ? token.replace(/[^\n]/g, " ") : '""'));
}
