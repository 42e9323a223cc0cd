import { importsOf, type Sources } from "./sources.ts";

/** What names a root file system, a layer or a volume, or the way to one: below these, every name is a stranger's. */
const rootWord =
  /\b(?:upper|lower|merged|rootfs|rootDirectory|treePath|volumeContent|mountpoint)\b|["/](?:upper|merged|tree|_data|rootfs)["/`]/;

/** Calls of node:fs that look up a path, in all their forms. */
const pathCall =
  /(?<![.\w])(?:access|appendFile|chmod|chown|copyFile|cp|createReadStream|createWriteStream|exists|lchown|link|lstat|lutimes|mkdir|mkdtemp|open|opendir|readdir|readFile|readlink|realpath|rename|rm|rmdir|stat|statfs|symlink|truncate|unlink|utimes|watch|writeFile)(?:Sync)?\(/g;

/** Files that make, move or look for the topmost directory itself, which is the engine's; nothing below it. */
const topmostOnly: ReadonlySet<string> = new Set([
  "src/container/check/checkLayers.ts",
  "src/container/check/checkVolumes.ts",
  "src/container/state/removeContainer.ts",
  "src/container/state/reserveContainer.ts",
  "src/container/state/volumes.ts",
  "src/launch/probeFeatures.ts",
  "src/overlay/layerStore.ts",
]);

/** Calls of node:fs on a path that comes from the name of a root file system, by itself or through a constant of the file. */
export function findRootPaths(sources: Sources): readonly string[] {
  return [...sources].flatMap(([path, text]) => {
    const usesFiles = importsOf(path, text).some(({ specifier }) => /^node:fs(?:\/promises)?$/.test(specifier));
    if (!usesFiles || topmostOnly.has(path)) return [];
    const code = text.replace(/\/\*[\s\S]*?\*\/|(?<!:)\/\/[^\n]*/g, (comment) => comment.replace(/[^\n]/g, " "));
    const derived = derivedNames(code);
    return [...code.matchAll(pathCall)].flatMap((match) => {
      const args = argumentsAt(code, match.index + match[0].length);
      if (!rootWord.test(args) && !derived.some((name) => new RegExp(`\\b${name}\\b`).test(args))) return [];
      const line = code.slice(0, match.index).split("\n").length;
      return [`${path}:${line} calls ${match[0]}) on a path of a root file system; only the helper goes there`];
    });
  });
}

/** Constants that are made from such a path, and those made from them. */
function derivedNames(code: string): readonly string[] {
  const names: string[] = [];
  for (const [, name = "", value = ""] of code.matchAll(
    /\bconst (\w+) = ([^;]*?(?:join|resolve)\([^;]*|`[^;]*|[\w.]+);/g,
  )) {
    if (rootWord.test(value) || names.some((known) => new RegExp(`\\b${known}\\b`).test(value))) names.push(name);
  }
  return names;
}

/** The text up to the parenthesis that closes the call. */
function argumentsAt(code: string, start: number): string {
  let depth = 1;
  let at = start;
  for (; at < code.length && depth > 0; at += 1) depth += code[at] === "(" ? 1 : code[at] === ")" ? -1 : 0;
  return code.slice(start, at);
}
