import { importsOf, type Sources } from "./sources.ts";

/** Imports go from a higher number to a lower one. The three files of the door to the whole engine are one room. */
const levels: Readonly<Record<string, number>> = {
  main: 7,
  cli: 6,
  build: 5,
  compose: 5,
  api: 5,
  lab: 5,
  report: 5,
  engine: 4.5,
  config: 4.25,
  container: 4,
  launch: 3,
  image: 2,
  overlay: 2,
  namespaces: 2,
  cgroups: 2,
  network: 2,
  oci: 1,
  host: 1,
  messages: 0.5,
  base: 0,
};

const engineFiles: ReadonlySet<string> = new Set(["src/engine.ts", "src/createEngine.ts", "src/index.ts"]);

function roomOf(path: string): string {
  if (engineFiles.has(path)) return "engine";
  if (path === "src/main.ts") return "main";
  return path.split("/").length > 2 ? (path.split("/")[1] ?? "") : "";
}

function isDoor(path: string): boolean {
  return engineFiles.has(path) || path === `src/${roomOf(path)}/index.ts`;
}

/** Every import that goes up, sideways, or past the door of another room. Types count as well. */
export function findRoomViolations(sources: Sources): readonly string[] {
  return [...sources].flatMap(([path, text]) => [
    ...(levels[roomOf(path)] === undefined ? [`${path} is in no room`] : []),
    ...importsOf(path, text).flatMap(({ file }) => (file === undefined ? [] : judgeImport(sources, path, file))),
  ]);
}

function judgeImport(sources: Sources, from: string, to: string): string[] {
  if (!sources.has(to)) return [`${from} imports ${to}, which is not a source file`];
  const [fromRoom, toRoom] = [roomOf(from), roomOf(to)];
  if (fromRoom === toRoom) return [];
  const [fromLevel, toLevel] = [levels[fromRoom] ?? 0, levels[toRoom] ?? 0];
  if (toLevel >= fromLevel) {
    const direction = toLevel > fromLevel ? "up" : "sideways";
    return [`${from} imports ${to}: ${direction}, from ${fromRoom} (${fromLevel}) to ${toRoom} (${toLevel})`];
  }
  return isDoor(to) ? [] : [`${from} imports ${to}: not through the door src/${toRoom}/index.ts`];
}

/** Circles of imports that exist at run time, each as the chain that closes it. */
export function findCycles(sources: Sources): readonly string[] {
  const done = new Set<string>();
  const cycles: string[] = [];
  const visit = (path: string, chain: readonly string[]): void => {
    const start = chain.indexOf(path);
    if (start >= 0) cycles.push([...chain.slice(start), path].join(" -> "));
    if (start >= 0 || done.has(path)) return;
    for (const { file } of eagerImports(sources, path)) if (file !== undefined) visit(file, [...chain, path]);
    done.add(path);
  };
  for (const path of sources.keys()) visit(path, []);
  return cycles;
}

/**
 * Packages that are loaded as soon as `entry` is, each with the chain of imports that leads to it. Lazy imports end a
 * chain: what is behind them is loaded when it is needed.
 */
export function findEagerPackages(sources: Sources, entry: string): ReadonlyMap<string, string> {
  const packages = new Map<string, string>();
  const seen = new Set<string>();
  const queue: (readonly string[])[] = [[entry]];
  for (let chain = queue.shift(); chain !== undefined; chain = queue.shift()) {
    const path = chain.at(-1) ?? "";
    if (seen.has(path)) continue;
    seen.add(path);
    for (const { file, specifier } of eagerImports(sources, path)) {
      if (file !== undefined) queue.push([...chain, file]);
      else if (!packages.has(specifier)) packages.set(specifier, [...chain, specifier].join(" -> "));
    }
  }
  return packages;
}

function eagerImports(sources: Sources, path: string) {
  return importsOf(path, sources.get(path) ?? "").filter(({ kind }) => kind === "eager");
}
