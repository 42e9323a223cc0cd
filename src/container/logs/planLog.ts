import { EngineError, parseSize } from "../../base/index.ts";
import type { FieldValue } from "../../launch/index.ts";
import { printable } from "../options/singleLine.ts";
import { namedAttributes, requireShort } from "./logAttributes.ts";
import { expandTag, type LoggedContainer } from "./logTag.ts";
import { journalSocket, planJournald } from "./planJournald.ts";
import { checkSyslog, planSyslog } from "./planSyslog.ts";

/** `--log-driver` and `--log-opt`. */
export interface LogChoice {
  /** Empty: json-file. */
  readonly driver: string;
  readonly options: ReadonlyMap<string, string>;
}

/**
 * Parses `--log-opt NAME=VALUE`.
 *
 * @throws EngineError `invalidValue` with Docker's sentence.
 */
export function parseLogOption(text: string): readonly [name: string, value: string] {
  const equals = text.indexOf("=");
  if (equals > 0) return [text.slice(0, equals), text.slice(equals + 1)];
  throw new EngineError("invalidValue", `invalid logging opts format: ${shown(text)}`, {
    hint: "write NAME=VALUE, such as max-size=10m",
  });
}

/** Rotation is on by default: logs without a limit have filled too many disks. */
const defaultBytes = 10 * 1024 * 1024;
const defaultFiles = 5;
const mostFiles = 1000;

const everyOption: readonly string[] = ["mode", "max-buffer-size", "labels", "env", "tag"];
const fileOptions: readonly string[] = ["max-size", "max-file", "compress", ...everyOption];

/** What each driver takes; `none` takes everything and does nothing with it, as Docker's. */
const drivers: ReadonlyMap<string, readonly string[]> = new Map([
  ["json-file", fileOptions],
  ["local", fileOptions],
  ["none", []],
  ["journald", everyOption],
  ["syslog", ["syslog-address", "syslog-facility", "syslog-format", ...everyOption]],
]);

/**
 * Decides what the monitor keeps of a container's output: fields of its record (native/log.c, native/forward.c). Pure.
 *
 * @throws EngineError `invalidValue` with Docker's sentence for an unknown driver or option or a bad value, `notOffered`
 * for what brig does not have.
 */
export function planLog(choice: LogChoice, container: LoggedContainer): Readonly<Record<string, FieldValue>> {
  checkLogChoice(choice);
  const { driver, options } = choice;
  if (driver === "none") return {};
  if (driver === "journald") return { ...planJournald(options, container), ...planMode(options) };
  if (driver === "syslog") return { ...planSyslog(options, container), ...planMode(options) };
  const bytes = maxSize(options.get("max-size"));
  const attributes = attributesOf(options, container);
  return {
    log: 1,
    ...(bytes === 0 ? {} : { "log-size": bytes, "log-files": maxFiles(options.get("max-file")) }),
    ...(attributes === undefined ? {} : { attributes }),
  };
}

/**
 * Checks driver and options without a container, so that a mistake is found before anything is made.
 *
 * @throws EngineError as `planLog`.
 */
export function checkLogChoice({ driver, options }: LogChoice): void {
  const name = driver || "json-file";
  const known = drivers.get(name);
  if (known === undefined) throw unknownDriver(name);
  if (name === "none") return;
  for (const option of options.keys()) if (!known.includes(option)) throw unknownOption(option, name, known);
  maxSize(options.get("max-size"));
  maxFiles(options.get("max-file"));
  checkMode(options);
  if (options.get("compress") === "true") {
    throw new EngineError("notOffered", "the log option compress=true is not available", {
      hint: "a smaller max-size or max-file keeps the log small",
    });
  }
  expandTag(options.get("tag") ?? "", undefined);
  if (name === "syslog") checkSyslog(options);
}

/** Whether the monitor writes what `brig logs` reads into files of its own. */
export function keepsFile(driver: string): boolean {
  return drivers.get(driver || "json-file")?.includes("max-size") === true;
}

/** The socket that the log goes to; undefined for a driver that needs none. */
export function logSocketOf({ driver, options }: LogChoice): string | undefined {
  if (driver === "journald") return journalSocket;
  return driver === "syslog" ? checkSyslog(options).socket : undefined;
}

function unknownDriver(driver: string): EngineError {
  return new EngineError(
    "invalidValue",
    `error looking up logging plugin ${shown(driver)}: plugin ${printable(driver)} not found`,
    { hint: `known log drivers are ${[...drivers.keys()].join(", ")}` },
  );
}

function unknownOption(name: string, driver: string, known: readonly string[]): EngineError {
  const [, plain] = /^(labels|env)-regex$/.exec(name) ?? [];
  if (plain !== undefined) {
    return new EngineError("notOffered", `the log option ${name} is not available`, {
      hint: `name them one by one with ${plain}=A,B`,
    });
  }
  if (driver === "syslog" && name.startsWith("syslog-tls-")) {
    return new EngineError("notOffered", `the log option ${shown(name)} is not available`, {
      hint: "send to the host's own syslog socket, whose server can forward to other machines",
    });
  }
  return new EngineError("invalidValue", `unknown log opt '${shown(name)}' for ${driver} log driver`, {
    hint: `known options are ${known.join(", ")}`,
  });
}

/** 0: no limit, which Docker writes as -1. */
function maxSize(text: string | undefined): number {
  if (text === undefined) return defaultBytes;
  if (text === "-1") return 0;
  const bytes = parseSize(text, "the log option max-size");
  if (bytes > 0) return bytes;
  throw new EngineError("invalidValue", `invalid size "${text}" for the log option max-size`, {
    hint: "write a size such as 10m, or -1 for no limit",
  });
}

function maxFiles(text: string | undefined): number {
  if (text === undefined) return defaultFiles;
  const count = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (count >= 1 && count <= mostFiles) return count;
  const reason = count > mostFiles ? `cannot be more than ${mostFiles}` : "cannot be less than 1";
  throw new EngineError("invalidValue", `max-file ${reason}: ${printable(text)}`);
}

/** A file does not keep the payload waiting, so for it both modes are the same. */
function checkMode(options: ReadonlyMap<string, string>): void {
  const mode = options.get("mode") ?? "";
  if (mode !== "" && mode !== "blocking" && mode !== "non-blocking") {
    throw new EngineError("invalidValue", `logger: logging mode not supported: ${shown(mode)}`, {
      hint: "known modes are blocking and non-blocking",
    });
  }
  if (mode !== "non-blocking" && options.has("max-buffer-size")) {
    throw new EngineError("invalidValue", "logger: max-buffer-size option is only supported with 'mode=non-blocking'");
  }
  bufferSize(options);
}

/** What a receiver has not taken yet: a few of the longest messages, and in the mode that drops Docker's default. */
const [blockingBytes, defaultBufferBytes, mostBufferBytes] = [128 * 1024, 1024 * 1024, 1024 * 1024 * 1024];

function planMode(options: ReadonlyMap<string, string>): Readonly<Record<string, FieldValue>> {
  if (options.get("mode") !== "non-blocking") return { "log-buffer": blockingBytes };
  return { "log-buffer": Math.max(blockingBytes, bufferSize(options)), "log-drops": 1 };
}

function bufferSize(options: ReadonlyMap<string, string>): number {
  const text = options.get("max-buffer-size");
  const bytes = text === undefined ? defaultBufferBytes : parseSize(text, "the log option max-buffer-size");
  if (bytes <= mostBufferBytes) return bytes;
  throw new EngineError("invalidValue", "the log option max-buffer-size cannot be more than 1 GiB");
}

/** More members of each record, in the order in which Go writes a map; undefined when there are none. */
function attributesOf(options: ReadonlyMap<string, string>, container: LoggedContainer): string | undefined {
  const tag = expandTag(options.get("tag") ?? "", container);
  const found = [...namedAttributes(options, container), ...(tag === "" ? [] : [["tag", tag] as const])];
  if (found.length === 0) return undefined;
  const members = found.sort(([one], [other]) => (one < other ? -1 : 1));
  const text = `,"attrs":{${members.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`).join(",")}}`;
  return requireShort(text);
}

function shown(text: string): string {
  return printable(text).slice(1, -1);
}
