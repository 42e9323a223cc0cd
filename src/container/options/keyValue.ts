import { EngineError } from "../../base/index.ts";
import { printable, requireSingleLine } from "./singleLine.ts";

/** The caller's environment: what `-e KEY` without a value looks in. */
export type CallerEnv = Readonly<Record<string, string | undefined>>;

/**
 * Parses `-e`: `KEY=value` as it is, `KEY` with the caller's value. A `KEY` that the caller does not have either stays
 * without a value, which takes the image's variable away.
 *
 * @throws EngineError `invalidValue` with Docker's sentence for an empty name or a NUL.
 */
export function parseEnvFlag(text: string, callerEnv: CallerEnv): string {
  if (text === "" || text.startsWith("=") || text.includes("\0")) {
    throw new EngineError("invalidValue", `invalid environment variable: ${shown(text)}`);
  }
  const value = text.includes("=") || !Object.hasOwn(callerEnv, text) ? undefined : callerEnv[text];
  return value === undefined ? text : `${text}=${value}`;
}

/**
 * Parses the text of an `--env-file`: one `KEY=value` or `KEY` a line, `#` begins a comment, no quoting. Returns the same
 * entries as `parseEnvFlag`.
 *
 * @throws EngineError `invalidValue` with Docker's sentence and the number of the line.
 */
export function parseEnvFile(bytes: Uint8Array, callerEnv: CallerEnv): readonly string[] {
  return meaningfulLines(bytes).flatMap((line) => {
    const equals = line.indexOf("=");
    const name = equals === -1 ? line.trim() : line.slice(0, equals);
    if (name === "") throw new EngineError("invalidValue", `no variable name on line '${shown(line)}'`);
    if (/[\s\0]/.test(name)) {
      throw new EngineError(
        "invalidValue",
        `poorly formatted environment: variable '${shown(name)}' contains whitespaces`,
      );
    }
    if (equals !== -1) return [parseEnvFlag(line, callerEnv)];
    // Docker drops the names in a file that the caller does not have.
    const entry = parseEnvFlag(name, callerEnv);
    return entry === name ? [] : [entry];
  });
}

/**
 * Parses `--label KEY[=value]` into a pair; a label without a value is empty.
 *
 * @throws EngineError `invalidValue` with Docker's sentence for an empty name.
 */
export function parseLabel(text: string): readonly [key: string, value: string] {
  const [key, value] = splitPair(text);
  if (key === "") throw new EngineError("invalidValue", `invalid label '${shown(text)}': empty name`);
  return [requireSingleLine(key, "the name of the label"), value ?? ""];
}

/** Parses the text of a `--label-file`, one label a line. */
export function parseLabelFile(bytes: Uint8Array): readonly (readonly [key: string, value: string])[] {
  return meaningfulLines(bytes).map(parseLabel);
}

/**
 * Parses `--cgroup-conf FILE=value`: the name of a cgroup v2 interface file and what to write to it.
 *
 * @throws EngineError `invalidValue` unless the name is `CONTROLLER.WORD` in the kernel's alphabet and the value one line.
 */
export function parseCgroupConf(text: string): readonly [file: string, value: string] {
  const [file, value] = splitPair(text);
  if (value === undefined || value === "" || !/^[a-z0-9]{1,32}(\.[a-z0-9_]{1,64}){1,4}$/i.test(file)) {
    throw new EngineError("invalidValue", `invalid cgroup setting ${printable(text)}`, {
      hint: "write FILE=VALUE with a file of cgroup v2, such as memory.high=48m",
    });
  }
  return [file, requireSingleLine(value, "the cgroup setting")];
}

/**
 * Parses `--sysctl NAME=value`. Whether the name may be set is decided with the namespaces (src/launch).
 *
 * @throws EngineError `invalidValue` without a name, a value or with control characters.
 */
export function parseSysctl(text: string): readonly [name: string, value: string] {
  const [name, value] = splitPair(requireSingleLine(text, "the sysctl"));
  if (name === "" || value === undefined) {
    throw new EngineError("invalidValue", `invalid sysctl ${printable(text)}`, {
      hint: "write NAME=VALUE, such as net.ipv4.ip_forward=1",
    });
  }
  return [name.trim(), value];
}

function splitPair(text: string): readonly [key: string, value: string | undefined] {
  const equals = text.indexOf("=");
  return equals === -1 ? [text, undefined] : [text.slice(0, equals), text.slice(equals + 1)];
}

const maxFileBytes = 4 * 1024 * 1024;

/** The lines of a file of pairs without comments, empty lines, indentation and a byte order mark. */
function meaningfulLines(bytes: Uint8Array): readonly string[] {
  if (bytes.length > maxFileBytes) throw new EngineError("limitExceeded", "a file of variables is larger than 4 MiB");
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new EngineError("invalidValue", "poorly formatted environment: invalid utf8 bytes", { cause });
  }
  return text
    .split("\n")
    .map((line) => (line.endsWith("\r") ? line.slice(0, -1) : line).trimStart())
    .filter((line) => line !== "" && !line.startsWith("#"));
}

function shown(text: string): string {
  return printable(text).slice(1, -1);
}
