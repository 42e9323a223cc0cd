import { EngineError } from "../../base/index.ts";
import { mappingProblem } from "../../namespaces/index.ts";
import type { BindIdMap } from "../runOptions.ts";
import { printable } from "./singleLine.ts";

/** Far more than anybody writes; the kernel's own limit is 340 ranges. */
const longestMap = 4096;

/**
 * Parses what follows `idmap=`: ranges `CONTAINER:HOST[:COUNT]`, several joined by `+`, for users, and after a `;` those
 * for groups, which are the same when they are left out. `0:1000` shows the files of the host's user 1000 as root's.
 *
 * @throws EngineError `invalidValue` for anything else, for ids beyond 2^32 - 2, and for ranges that overlap on either side.
 */
export function parseIdMap(text: string): BindIdMap {
  const [users = "", groups = users, ...more] = text.split(";");
  if (more.length > 0 || text.length > longestMap)
    throw invalidMap(text, "it has more than a map of users and one of groups");
  return { users: parseRanges(users, text), groups: parseRanges(groups, text) };
}

function parseRanges(ranges: string, text: string): BindIdMap["users"] {
  const parsed = ranges.split("+").map((range) => {
    const numbers = /^(\d{1,10}):(\d{1,10})(?::(\d{1,10}))?$/.exec(range);
    if (numbers === null) throw invalidMap(text, `${shown(range)} is no range`);
    const [, containerID = "", hostID = "", size = "1"] = numbers;
    return { containerID: Number(containerID), hostID: Number(hostID), size: Number(size) };
  });
  const problem = mappingProblem(parsed);
  if (problem !== undefined) throw invalidMap(text, problem);
  return parsed;
}

/** The words that `parseIdMap` reads the same map from. */
export function formatBindIdMap({ users, groups }: BindIdMap): string {
  const [first = "", second = ""] = [users, groups].map((ranges) =>
    ranges.map(({ containerID, hostID, size }) => `${containerID}:${hostID}:${size}`).join("+"),
  );
  return first === second ? first : `${first};${second}`;
}

function shown(text: string): string {
  return printable(text.slice(0, 64));
}

function invalidMap(text: string, problem: string): EngineError {
  return new EngineError("invalidValue", `cannot map the ids of a mount by ${shown(text)}: ${problem}`, {
    hint: 'write idmap=CONTAINER:HOST[:COUNT], more ranges after a "+", and the map of groups, if it is another, after a ";"',
  });
}
