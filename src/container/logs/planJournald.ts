import { shortId } from "../../base/index.ts";
import type { FieldValue } from "../../launch/index.ts";
import { listedNames, namedAttributes } from "./logAttributes.ts";
import { defaultTag, expandTag, type LoggedContainer } from "./logTag.ts";

/** Where systemd-journald takes entries in its native protocol (systemd-journald.service(8)). */
export const journalSocket = "/run/systemd/journal/socket";

/** Priorities of syslog(3). */
const streamPriorities = [6, 3] as const;

/**
 * What the monitor sends to the journal with each line: Docker's fields, up to the time that it adds. Pure.
 *
 * @throws EngineError `invalidValue` as `namedAttributes` and `expandTag`.
 */
export function planJournald(
  options: ReadonlyMap<string, string>,
  container: LoggedContainer,
): Readonly<Record<string, FieldValue>> {
  const { id, name, image } = container;
  const tag = expandTag(options.get("tag") || defaultTag, container);
  const own = new Map([
    ["CONTAINER_ID", shortId(id)],
    ["CONTAINER_ID_FULL", id],
    ["CONTAINER_NAME", name],
    ["CONTAINER_TAG", tag],
    ["IMAGE_NAME", image],
    ["SYSLOG_IDENTIFIER", tag],
  ]);
  const extra = [...namedAttributes(options, container)].map(([key, value]) => [journalField(key), value] as const);
  const fields = [...own, ...extra.filter(([key]) => key !== "" && !own.has(key) && !monitorFields.has(key))];
  const common = Buffer.concat(fields.map(([key, value]) => encodeField(key, value)));
  const heads = streamPriorities.map((priority) =>
    Buffer.concat([common, Buffer.from(`PRIORITY=${priority}\nSYSLOG_TIMESTAMP=`)]).toString("hex"),
  );
  return { "log-socket": journalSocket, "log-head": heads };
}

/** What the monitor writes itself. */
const monitorFields: ReadonlySet<string> = new Set([
  "PRIORITY",
  "SYSLOG_TIMESTAMP",
  "CONTAINER_PARTIAL_MESSAGE",
  "MESSAGE",
]);

/** Under which names the journal keeps the labels and variables that the options name. */
export function journalAttributes(options: ReadonlyMap<string, string>): readonly string[] {
  const names = [...listedNames(options.get("labels")), ...listedNames(options.get("env"))].map(journalField);
  return [...new Set(names.filter((name) => name !== ""))];
}

/** A name as Docker makes it fit for the journal: capitals, digits and `_`, which does not come first. */
function journalField(name: string): string {
  return name
    .toUpperCase()
    .replace(/[^A-Z0-9]/g, "_")
    .replace(/^_+/, "")
    .slice(0, 64);
}

/** A value with a line break goes with its length in front (systemd.io/JOURNAL_NATIVE_PROTOCOL). */
function encodeField(key: string, value: string): Buffer {
  if (!value.includes("\n")) return Buffer.from(`${key}=${value}\n`);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(Buffer.byteLength(value)));
  return Buffer.concat([Buffer.from(`${key}\n`), length, Buffer.from(`${value}\n`)]);
}
