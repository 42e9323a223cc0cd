import { readFileSync } from "node:fs";
import { SourceMap } from "node:module";

/** A place in one of the scripts of the bundled program, as V8 writes it (bin/brig.cjs names them). */
const bundledPlace = /(\/[^\s()]*\/main)\.pack\/(\d):(\d{1,9}):(\d{1,9})/g;

/**
 * A stack of the bundled program that names the source files. Without the maps that the build puts beside the program
 * the stack stays as it is: this runs when something has gone wrong already, so it never fails.
 */
export function originalStack(stack: string): string {
  const maps = new Map<string, SourceMap | undefined>();
  return stack.replace(bundledPlace, (place: string, program: string, script: string, line: string, column: string) => {
    const file = `${program}.${script}.map`;
    if (!maps.has(file)) maps.set(file, readMap(file));
    // Lines and columns count from one in a stack and from zero in a map; the first line is the build's own.
    const entry = maps.get(file)?.findEntry(Number(line) - 2, Number(column) - 1);
    if (entry === undefined || !("originalSource" in entry)) return place;
    return `${entry.originalSource.replace(/^(?:\.\.\/)+/, "")}:${entry.originalLine + 1}:${entry.originalColumn + 1}`;
  });
}

function readMap(path: string): SourceMap | undefined {
  try {
    return new SourceMap(JSON.parse(readFileSync(path, "utf8")));
  } catch {
    return undefined;
  }
}
