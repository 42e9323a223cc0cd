import { EngineError, parseSize, shortId } from "../../base/index.ts";
import type { FieldValue } from "../../launch/index.ts";
import { printable } from "../options/singleLine.ts";

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

/** What options of the log may refer to. */
export interface LoggedContainer {
  readonly id: string;
  readonly name: string;
  readonly image: string;
  /** `sha256:...` */
  readonly imageId: string;
  readonly labels: ReadonlyMap<string, string>;
  /** `KEY=value`, as the payload sees it. */
  readonly env: readonly string[];
}

/** Rotation is on by default: logs without a limit have filled too many disks. */
const defaultBytes = 10 * 1024 * 1024;
const defaultFiles = 5;
const mostFiles = 1000;
/** Each record of the log carries them. */
const mostAttributeBytes = 16 * 1024;

const fileOptions = ["max-size", "max-file", "mode", "max-buffer-size", "compress", "labels", "env", "tag"];

/**
 * Decides what the monitor keeps of a container's output: fields of its record (native/monitor.c). Pure.
 *
 * @throws EngineError `invalidValue` with Docker's sentence for an unknown driver or option or a bad value, `notOffered`
 * for a driver that brig does not have.
 */
export function planLog(choice: LogChoice, container: LoggedContainer): Readonly<Record<string, FieldValue>> {
  checkLogChoice(choice);
  const { driver, options } = choice;
  if (driver === "none") return {};
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
  requireDriver(driver);
  for (const name of options.keys()) {
    if (driver === "none" || fileOptions.includes(name)) continue;
    if (name === "labels-regex" || name === "env-regex") {
      throw new EngineError("notOffered", `the log option ${name} is not available`, {
        hint: `name them one by one with ${name.slice(0, -"-regex".length)}=A,B`,
      });
    }
    throw new EngineError("invalidValue", `unknown log opt '${shown(name)}' for ${driver || "json-file"} log driver`, {
      hint: `known options are ${fileOptions.join(", ")}`,
    });
  }
  maxSize(options.get("max-size"));
  maxFiles(options.get("max-file"));
  checkMode(options);
  if (options.get("compress") === "true") {
    throw new EngineError("notOffered", "the log option compress=true is not available", {
      hint: "a smaller max-size or max-file keeps the log small",
    });
  }
  expandTag(options.get("tag") ?? "", undefined);
}

const otherDrivers: Readonly<Record<string, string>> = {
  journald: "brig writes logs to files only, so nothing would reach the journal",
  syslog: "brig writes logs to files only, so nothing would reach a syslog server",
};

function requireDriver(driver: string): void {
  if (["", "json-file", "local", "none"].includes(driver)) return;
  const reason = Object.hasOwn(otherDrivers, driver) ? otherDrivers[driver] : undefined;
  if (reason !== undefined) {
    throw new EngineError("notOffered", `the log driver ${driver} is not available: ${reason}`, {
      hint: `leave the driver out and forward what "brig logs -f" prints`,
    });
  }
  throw new EngineError(
    "invalidValue",
    `error looking up logging plugin ${shown(driver)}: plugin ${printable(driver)} not found`,
    { hint: "known log drivers are json-file, local and none" },
  );
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

/** Writing to a file does not keep the payload waiting for a reader, so both modes are the same here. */
function checkMode(options: ReadonlyMap<string, string>): void {
  const mode = options.get("mode") ?? "";
  if (mode !== "" && mode !== "blocking" && mode !== "non-blocking") {
    throw new EngineError("invalidValue", `logger: logging mode not supported: ${shown(mode)}`, {
      hint: "known modes are blocking and non-blocking",
    });
  }
  const buffer = options.get("max-buffer-size");
  if (buffer === undefined) return;
  if (mode !== "non-blocking") {
    throw new EngineError("invalidValue", "logger: max-buffer-size option is only supported with 'mode=non-blocking'");
  }
  parseSize(buffer, "the log option max-buffer-size");
}

/** More members of each record, in the order in which Go writes a map; undefined when there are none. */
function attributesOf(options: ReadonlyMap<string, string>, container: LoggedContainer): string | undefined {
  const found = new Map<string, string>();
  for (const name of names(options.get("labels"))) {
    const value = container.labels.get(name);
    if (value !== undefined) found.set(name, value);
  }
  for (const name of names(options.get("env"))) {
    const entry = container.env.findLast((candidate) => candidate.startsWith(`${name}=`));
    if (entry !== undefined) found.set(name, entry.slice(name.length + 1));
  }
  const tag = expandTag(options.get("tag") ?? "", container);
  if (tag !== "") found.set("tag", tag);
  if (found.size === 0) return undefined;
  const members = [...found].sort(([one], [other]) => (one < other ? -1 : 1));
  const text = `,"attrs":{${members.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`).join(",")}}`;
  if (Buffer.byteLength(text) <= mostAttributeBytes) return text;
  throw new EngineError("invalidValue", "the labels and variables for the log are longer than 16 KiB", {
    hint: "name fewer of them in the log options labels and env",
  });
}

function names(list: string | undefined): readonly string[] {
  return (list ?? "")
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
}

type TagField = (container: LoggedContainer) => string;

const tagFields: ReadonlyMap<string, TagField> = new Map<string, TagField>([
  ["ID", ({ id }) => shortId(id)],
  ["FullID", ({ id }) => id],
  ["Name", ({ name }) => name],
  ["ImageID", ({ imageId }) => shortId(imageId.replace(/^sha256:/, ""))],
  ["ImageFullID", ({ imageId }) => imageId],
  ["ImageName", ({ image }) => image],
  ["DaemonName", () => "brig"],
]);

/** `{{.Name}}/{{.ID}}`; without a container the text is only checked. */
function expandTag(text: string, container: LoggedContainer | undefined): string {
  const expanded = text.replace(/\{\{\s*\.([A-Za-z]{1,32})\s*\}\}/g, (whole, field: string) => {
    const read = tagFields.get(field);
    if (read === undefined) return whole;
    return container === undefined ? "" : read(container);
  });
  // What a name or an image brought in cannot hold braces; whatever is left was written in the option.
  if (!expanded.includes("{{")) return expanded;
  throw new EngineError("invalidValue", `the log option tag cannot be read: ${printable(text)}`, {
    hint: `known fields are ${[...tagFields.keys()].map((field) => `{{.${field}}}`).join(", ")}`,
  });
}

function shown(text: string): string {
  return printable(text).slice(1, -1);
}
