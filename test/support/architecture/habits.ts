import { codeOf, importsOf, type Sources } from "./sources.ts";

/** The only files that start programs: each for one kind of program. */
const spawningFiles: ReadonlySet<string> = new Set([
  "src/base/helperProcess.ts",
  "src/container/lifecycle/keepUnit.ts",
  "src/container/logs/journalctl.ts",
  "src/container/runc/runcRoom.ts",
  "src/container/step/lentShell.ts",
  "src/image/credentialProgram.ts",
  "src/lab/machineProcess.ts",
  "src/launch/helperProcess.ts",
  "src/launch/launch.ts",
  "src/launch/verify/attachTracer.ts",
  "src/network/check/readTool.ts",
]);

/** Rooms that own files on disk; every other room decides or shows. */
const writingRooms: ReadonlySet<string> = new Set([
  "base",
  "host",
  "image",
  "overlay",
  "container",
  "launch",
  "namespaces",
  "network",
  "lab",
]);

const maxLines = 300;
const maxFunctionLines = 60;
const forbiddenWord = /(?:^|[./_-])(?:utils?|helpers?|common|misc|manager|handlers?|data|info)(?=$|[./_-])/i;
const forbiddenEnding = /(?:Utils?|Helpers?|Common|Misc|Manager|Handlers?|Data)\.ts$/;
/** `brig info` is a command, and a command's file has its name. */
const namedByDocker: ReadonlySet<string> = new Set(["src/cli/commands/info.ts"]);

const ambient =
  /(?<![.\w])process\.(?:argv|env|cwd\(|exit\b|exitCode|abort|stdin|stdout|stderr|on\(|once\(|kill\(|chdir|umask|title|emit|send)|globalThis\.process/;
const writingCall =
  /\b(?:writeFile|appendFile|createWriteStream|mkdir|mkdtemp|rename|rm|rmdir|unlink|symlink|link|chmod|chown|lchown|truncate|utimes|cp|copyFile)(?:Sync)?\(/;

/** Rules of the house that can be seen in the text of one file. */
export function findHabitViolations(sources: Sources): readonly string[] {
  return [...sources].flatMap(([path, text]) => {
    const code = codeOf(text);
    return [
      ...findAmbient(path, code),
      ...findEffects(path, text, code),
      ...findNames(path),
      ...findSizes(path, text),
      ...(/^export default\b|\bas default\b/m.test(code) ? [`${path} has a default export`] : []),
      ...(/\bmodule\.exports\b|(?<![.\w])require\(""/.test(code) ? [`${path} is written as a CommonJS module`] : []),
    ];
  });
}

function findAmbient(path: string, code: string): string[] {
  if (path === "src/main.ts") return [];
  const lines = code.split("\n").flatMap((line, index) => {
    const match = ambient.exec(line);
    return match === null ? [] : [`${path}:${index + 1} uses ${match[0]}, which only src/main.ts may touch`];
  });
  return code.includes('from "node:process"') ? [...lines, `${path} imports node:process`] : lines;
}

function findEffects(path: string, text: string, code: string): string[] {
  const found: string[] = [];
  // What a module declares it may fill as well (`list.add(...)`); the bundle loads modules when, and if, a command needs them.
  if (path !== "src/main.ts" && /^(?:(?:await|if|for|while|switch|try|throw)\b|[\w$]+\()/m.test(code)) {
    found.push(`${path} is loaded with an effect: a statement that is no declaration`);
  }
  const specifiers = new Set(
    importsOf(path, text).flatMap(({ kind, specifier }) => (kind === "type" ? [] : [specifier])),
  );
  if ((specifiers.has("node:child_process") || specifiers.has("child_process")) && !spawningFiles.has(path)) {
    found.push(`${path} imports node:child_process; programs are started only by ${[...spawningFiles].join(", ")}`);
  }
  const usesFiles = specifiers.has("node:fs") || specifiers.has("node:fs/promises");
  const room = path.split("/")[1] ?? "";
  if (usesFiles && !writingRooms.has(room) && path !== "src/main.ts") {
    const match = writingCall.exec(code);
    if (match !== null)
      found.push(`${path} writes to the file system (${match[0]}), but the room ${room} owns no files`);
  }
  return found;
}

function findNames(path: string): string[] {
  if (namedByDocker.has(path)) return [];
  const match = forbiddenWord.exec(path) ?? forbiddenEnding.exec(path);
  return match === null ? [] : [`${path} has a name that says nothing ("${match[0].replace(/\.ts$/, "")}")`];
}

function findSizes(path: string, text: string): string[] {
  const lines = text.trimEnd().split("\n");
  const found = lines.length > maxLines ? [`${path} has ${lines.length} lines, the limit is ${maxLines}`] : [];
  let start = -1;
  for (const [index, line] of lines.entries()) {
    if (/^(?:export )?(?:async )?function\b/.test(line)) start = index;
    if (line !== "}" || start < 0) continue;
    const length = index - start + 1;
    if (length > maxFunctionLines)
      found.push(`${path}:${start + 1} is a function of ${length} lines, the limit is ${maxFunctionLines}`);
    start = -1;
  }
  return found;
}
