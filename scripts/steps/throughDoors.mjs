// A file that imports from the index.ts of a room means the file that defines the name. In the bundle it gets that file
// alone: through the index, the first name that a command needs would bring the whole room with it. This is sound because
// no module of ours does anything when it is loaded (the architecture test sees to it). What would bring a whole room all
// the same ends the build: it costs every command milliseconds, and nobody would notice.
import { readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { StepFailure } from "./command.mjs";

const doors = /\/index\.ts$/;
const braces = /^(import|export)( type)? \{([^}]*)\} from "(\.[^"]+)";$/gm;
const lazily = /const \{([^}]*)\} = await import\("(\.[^"]+\/index\.ts)"\);/g;
const wholeRoom = /(?<!typeof )\bimport\("\.[^"]+\/index\.ts"\)/;

/** An esbuild plugin for the sources below a directory. */
export function throughDoors(sources) {
  return {
    name: "through-doors",
    setup(build) {
      const known = new Map();
      build.onLoad({ filter: /\.ts$/ }, ({ path }) => {
        if (!path.startsWith(`${sources}/`)) return undefined;
        const text = readFileSync(path, "utf8");
        return { contents: doors.test(path) ? text : straighten(text, path, known), loader: "ts" };
      });
    },
  };
}

function straighten(text, path, known) {
  const straight = text
    .replace(braces, (whole, verb, type, names, from) =>
      type !== undefined || !doors.test(from) ? whole : kept(whole, imports(verb, { names, from, path, known })),
    )
    .replace(lazily, (whole, names, from) => kept(whole, lazyImports(names, from, path, known)));
  const [whole] = wholeRoom.exec(straight) ?? [];
  if (whole !== undefined) {
    throw new StepFailure(`${path}: ${whole} brings a whole room: write const { NAME } = await ${whole}`);
  }
  return straight;
}

/** Every line stays where it is, for those who read where an error comes from. */
function kept(whole, text) {
  return text + "\n".repeat(whole.split("\n").length - 1);
}

function imports(verb, { names, from, path, known }) {
  const found = byFile(names, from, path, known);
  return found.map(([file, list]) => `${verb} { ${list.join(", ")} } from ${JSON.stringify(file)};`).join(" ");
}

function lazyImports(names, from, path, known) {
  const found = byFile(names.replaceAll(":", " as "), from, path, known);
  return found
    .map(
      ([file, list]) =>
        `const { ${list.join(", ").replaceAll(" as ", ": ")} } = await import(${JSON.stringify(file)});`,
    )
    .join(" ");
}

/** The names of an import by the files that define them: `[["./a.ts", ["x", "y as z"]]]`. Types need no file. */
function byFile(names, from, path, known) {
  const directory = dirname(path);
  const door = join(directory, from);
  const files = new Map();
  for (const { name, alias } of parseNames(names)) {
    const { file, name: original } = define(door, name, known);
    const way = relative(directory, file);
    const key = way.startsWith(".") ? way : `./${way}`;
    const entry = original === alias ? original : `${original} as ${alias}`;
    files.set(key, [...(files.get(key) ?? []), entry]);
  }
  return [...files];
}

/** Where a name that a door offers is defined, and what it is called there. */
function define(door, name, known) {
  const offered = offers(door, known);
  const place = offered.get(name);
  if (place === undefined) {
    throw new StepFailure(`${door} does not say where ${name} is defined: a door only passes on what files define`);
  }
  return doors.test(place.file) ? define(place.file, place.name, known) : place;
}

function offers(door, known) {
  const before = known.get(door);
  if (before !== undefined) return before;
  const offered = new Map();
  known.set(door, offered);
  const text = readFileSync(door, "utf8");
  for (const [, verb, type, names, from] of text.matchAll(braces)) {
    if (verb !== "export" || type !== undefined) continue;
    const file = join(dirname(door), from);
    for (const { name, alias } of parseNames(names)) offered.set(alias, { file, name });
  }
  for (const [, from] of text.matchAll(/^export \* from "(\.[^"]+)";$/gm)) {
    const file = join(dirname(door), from);
    for (const [name, place] of offers(file, known)) offered.set(name, place);
    const defined = readFileSync(file, "utf8").matchAll(/^export (?:async )?(?:const|function\*?|class) (\w+)/gm);
    for (const [, name] of defined) offered.set(name, { file, name });
  }
  return offered;
}

function parseNames(names) {
  return names
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "" && !name.startsWith("type "))
    .map((text) => {
      const [name, alias = name] = text.split(/\s+as\s+/);
      return { name, alias };
    });
}
