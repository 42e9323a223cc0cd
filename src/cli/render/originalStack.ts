import { readFileSync } from "node:fs";
import { SourceMap } from "node:module";

/** A place in the bundled program, as V8 writes it. */
const bundledPlace = /(\/[^\s()]*\/main)\.pack:(\d{1,9}):(\d{1,9})/g;

/**
 * A stack of the bundled program that names the source files. Without the map that the build puts beside the program
 * the stack stays as it is: this runs when something has gone wrong already, so it never fails.
 */
export function originalStack(stack: string): string {
  const maps = new Map<string, SourceMap | undefined>();
  return stack.replace(bundledPlace, (place: string, program: string, line: string, column: string) => {
    if (!maps.has(program)) maps.set(program, readMap(`${program}.map`));
    // Lines and columns count from one in a stack and from zero in a map; the first line is the build's own.
    const entry = maps.get(program)?.findEntry(Number(line) - 2, Number(column) - 1);
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
