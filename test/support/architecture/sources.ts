import { readdirSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";

/** Source files by their path in the repository (`src/base/ids.ts`). */
export type Sources = ReadonlyMap<string, string>;

export interface Import {
  /** What is written: `../base/index.ts`, `node:fs`, `koffi`. */
  readonly specifier: string;
  /** The file in the repository that a relative import leads to. */
  readonly file?: string;
  /** `type`: gone at run time; `lazy`: loaded by `import()` when reached; `eager`: loaded with its importer. */
  readonly kind: "type" | "lazy" | "eager";
}

/** Every file with the given ending below a directory of the repository. */
export function readSources(directory: string, ending: string): Sources {
  const names = readdirSync(directory, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(ending));
  return new Map(
    names.sort().map((name) => [posix.join(directory, name), readFileSync(join(directory, name), "utf8")]),
  );
}

/** The imports of a file, in all their forms; the text is formatted by Biome, so each form is written in one way. */
export function importsOf(path: string, text: string): readonly Import[] {
  const found: Import[] = [];
  for (const [, keyword, specifier = ""] of text.matchAll(
    /^(?:import|export)\s(type\s)?(?:[^"';]*?\sfrom\s)?"([^"]+)";/gm,
  )) {
    found.push(toImport(path, specifier, keyword === undefined ? "eager" : "type"));
  }
  for (const [, specifier = ""] of text.matchAll(/(?<!typeof\s)\bimport\("([^"]+)"\)/g)) {
    found.push(toImport(path, specifier, "lazy"));
  }
  return found;
}

function toImport(path: string, specifier: string, kind: Import["kind"]): Import {
  if (!specifier.startsWith(".")) return { specifier, kind };
  return { specifier, kind, file: posix.join(posix.dirname(path), specifier) };
}

/** The code without its comments and without what is between the quotes of its strings; lines stay where they are. */
export function codeOf(text: string): string {
  const tokens = /\/\*[\s\S]*?\*\/|\/\/[^\n]*|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'/g;
  return text.replace(tokens, (token) => (token.startsWith("/") ? token.replace(/[^\n]/g, " ") : '""'));
}
