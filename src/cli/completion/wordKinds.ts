import type { LoadedCommand } from "../command.ts";

/** What stands in a place of a command line. `object`: anything that has a name. */
export type WordKind =
  | "container"
  | "image"
  | "network"
  | "volume"
  | "object"
  | "lab"
  | "command"
  | "file"
  | "directory"
  | "containerPath";

/** What may stand in a place: kinds of names, and words as they are. */
export interface Place {
  readonly kinds: readonly WordKind[];
  readonly words: readonly string[];
}

const nothing: Place = { kinds: [], words: [] };

/** The names in usage lines, as `--help` shows them. */
const kindsOfNames: readonly (readonly [RegExp, WordKind])[] = [
  [/^CONTAINER:/, "containerPath"],
  [/^CONTAINER$/, "container"],
  [/^(?:SOURCE_|TARGET_)?IMAGE\b|^NAME\[:|^REPOSITORY\b/, "image"],
  [/^NETWORK$/, "network"],
  [/^VOLUME$/, "volume"],
  [/^(?:NAME|ID)$/, "object"],
  [/^LAB$/, "lab"],
  [/^COMMAND$/, "command"],
  [/^(?:FILE|SRC_PATH|DEST_PATH)$/, "file"],
];

/**
 * What a usage line wants at the argument with this number, the first one being 0: `[OPTIONS] CONTAINER [CONTAINER...]`.
 * After the last name the one that is repeated goes on. Of alternative lines all places are offered. Pure.
 */
export function placeOf({ usage }: Pick<LoadedCommand, "usage">, index: number): Place {
  const lines = usage.split(/\n\s*brig \S+|\s\|\s/).map((line) => placeInLine(line, index));
  return {
    kinds: [...new Set(lines.flatMap(({ kinds }) => kinds))],
    words: [...new Set(lines.flatMap(({ words }) => words))],
  };
}

function placeInLine(line: string, index: number): Place {
  const names = line.split(/\s+/).filter((name) => name !== "" && name !== "[OPTIONS]");
  const last = names.at(-1) ?? "";
  const name = names[index] ?? (last.includes("...") ? last : undefined);
  return name === undefined ? nothing : placeOfName(name.replace(/^\[([^[\]]*(?:\[[^\]]*\])?[^[\]]*)\]$/, "$1"));
}

/** `CONTAINER|host`: a container, or the word as it is. */
function placeOfName(name: string): Place {
  const alternatives = /\[[:@]/.test(name) ? [name] : name.split("|");
  const bare = alternatives.map((one) => one.replace("...", ""));
  return {
    kinds: bare.flatMap((one) => kindsOfNames.filter(([pattern]) => pattern.test(one)).map(([, kind]) => kind)),
    words: bare.filter((one) => /^[a-z]+$/.test(one)),
  };
}
