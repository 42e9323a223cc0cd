import { EngineError } from "../../base/index.ts";
import type { Healthcheck } from "../../oci/index.ts";
import { parseDuration } from "../options/durationFlag.ts";

const flagNames: ReadonlyMap<string, "Interval" | "Timeout" | "StartPeriod" | "StartInterval"> = new Map([
  ["interval", "Interval"],
  ["timeout", "Timeout"],
  ["start-period", "StartPeriod"],
  ["start-interval", "StartInterval"],
]);

/**
 * The words behind HEALTHCHECK: `NONE`, or options and `CMD` with a command, an array of words or a text for the shell. Pure.
 *
 * @throws EngineError `invalidValue` with Docker's sentences.
 */
export function parseHealthcheck(
  text: string,
  jsonWords: (text: string) => readonly string[] | undefined,
): Healthcheck {
  let rest = text;
  const times: { -readonly [Key in Exclude<keyof Healthcheck, "Test">]?: number } = {};
  for (let flag = /^--(\S*)(?:\s+|$)/.exec(rest); flag !== null; flag = /^--(\S*)(?:\s+|$)/.exec(rest)) {
    rest = rest.slice(flag[0].length);
    const [name = "", ...value] = (flag[1] ?? "").split("=");
    if (name === "retries") times.Retries = retries(value.join("="));
    else times[timeNamed(name)] = time(name, value.join("="));
  }
  const [kind = ""] = rest.split(/\s/, 1);
  const command = rest.slice(kind.length).trim();
  const type = kind.toUpperCase();
  if (kind === "") throw invalid("HEALTHCHECK requires at least one argument");
  if (type === "NONE") {
    if (command !== "") throw invalid("HEALTHCHECK NONE takes no arguments");
    return { Test: ["NONE"] };
  }
  if (type !== "CMD")
    throw invalid(`Unknown type ${JSON.stringify(kind.slice(0, 80))} in HEALTHCHECK (try CMD)`, "CMD or NONE");
  const words = jsonWords(command);
  if (command === "" || words?.length === 0) throw invalid("Missing command after HEALTHCHECK CMD");
  return { Test: words === undefined ? ["CMD-SHELL", command] : ["CMD", ...words], ...times };
}

function timeNamed(name: string): "Interval" | "Timeout" | "StartPeriod" | "StartInterval" {
  const member = flagNames.get(name);
  if (member !== undefined) return member;
  throw invalid(`Unknown flag: ${name.slice(0, 80)}`, `one of ${[...flagNames.keys(), "retries"].join(", ")}`);
}

function time(name: string, text: string): number {
  const ns = parseDuration(text === "" ? "0" : text);
  if (ns !== 0 && ns < 1e6) throw invalid(`Interval ${JSON.stringify(name)} cannot be less than 1ms`);
  return ns;
}

function retries(text: string): number {
  if (!/^[+-]?\d{1,9}$/.test(text)) {
    throw invalid(`strconv.ParseInt: parsing ${JSON.stringify(text.slice(0, 80))}: invalid syntax`);
  }
  const count = Number(text);
  if (count < 0) throw invalid(`--retries cannot be negative (${count})`);
  return count;
}

function invalid(message: string, hint?: string): EngineError {
  return new EngineError("invalidValue", message, hint === undefined ? {} : { hint });
}
