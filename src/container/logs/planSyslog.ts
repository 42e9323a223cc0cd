import { EngineError } from "../../base/index.ts";
import type { FieldValue } from "../../launch/index.ts";
import { printable } from "../options/singleLine.ts";
import { defaultTag, expandTag, type LoggedContainer } from "./logTag.ts";

const facilities = [
  ...["kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "cron", "authpriv", "ftp"],
  // 12 to 15 have no names in syslog(3)
  ...["", "", "", "", "local0", "local1", "local2", "local3", "local4", "local5", "local6", "local7"],
] as const;

/** Severities of syslog(3). */
const streamSeverities = [6, 3] as const;

/** How a message is written around its time and the monitor's process id. */
interface SyslogFormat {
  /** In front of the time, behind the priority. */
  readonly version: string;
  readonly time: Readonly<Record<string, FieldValue>>;
  readonly beforePid: (host: string, tag: string) => string;
  readonly afterPid: (tag: string) => string;
}

const local = { "log-local-time": 1 };
const rfc5424 = {
  version: "1 ",
  beforePid: (host: string, tag: string) => `Z ${host} ${tag} `,
  afterPid: (tag: string) => ` ${tag} - `,
};

/** RFC 3164, 4.1, and RFC 5424, 6; without a format that of syslog(3), which leaves the host out. */
const formats: ReadonlyMap<string, SyslogFormat> = new Map<string, SyslogFormat>([
  ["", { version: "", time: local, beforePid: (_host, tag) => ` ${tag}[`, afterPid: () => "]: " }],
  ["rfc3164", { version: "", time: local, beforePid: (host, tag) => ` ${host} ${tag}[`, afterPid: () => "]: " }],
  ["rfc5424", { ...rfc5424, time: { "log-time-size": "2026-01-02T03:04:05".length } }],
  ["rfc5424micro", { ...rfc5424, time: { "log-time-size": "2026-01-02T03:04:05.000000".length } }],
]);

/**
 * What the monitor sends to a syslog server with each line: all but the time, its process id and the words. Pure.
 *
 * @throws EngineError as `checkSyslog`, and `invalidValue` as `expandTag`.
 */
export function planSyslog(
  options: ReadonlyMap<string, string>,
  container: LoggedContainer,
): Readonly<Record<string, FieldValue>> {
  const { facility, format, socket } = checkSyslog(options);
  const tag = expandTag(options.get("tag") || defaultTag, container).replaceAll(" ", "_");
  const heads = streamSeverities.map((severity) =>
    Buffer.from(`<${facility * 8 + severity}>${format.version}`).toString("hex"),
  );
  return {
    "log-socket": socket,
    "log-head": heads,
    ...format.time,
    "log-before-pid": format.beforePid(container.host, tag),
    "log-after-pid": format.afterPid(tag),
  };
}

interface SyslogChoice {
  readonly facility: number;
  readonly format: SyslogFormat;
  readonly socket: string;
}

/**
 * Reads the options of the driver `syslog`. Pure.
 *
 * @throws EngineError `invalidValue` for a bad address, facility or format, `notOffered` for a server elsewhere.
 */
export function checkSyslog(options: ReadonlyMap<string, string>): SyslogChoice {
  const format = formats.get(options.get("syslog-format") ?? "");
  if (format === undefined) {
    throw new EngineError("invalidValue", `invalid syslog format: ${quoted(options, "syslog-format")}`, {
      hint: "known formats are rfc3164, rfc5424 and rfc5424micro",
    });
  }
  return { facility: readFacility(options), format, socket: readSyslogAddress(options.get("syslog-address") ?? "") };
}

function readFacility(options: ReadonlyMap<string, string>): number {
  const text = options.get("syslog-facility") ?? "daemon";
  const number = /^\d{1,2}$/.test(text) ? Number(text) : facilities.findIndex((name) => name !== "" && name === text);
  if (number >= 0 && number < facilities.length) return number;
  throw new EngineError("invalidValue", `invalid syslog facility: ${quoted(options, "syslog-facility")}`, {
    hint: `known facilities are ${facilities.filter((name) => name !== "").join(", ")}, and 0 to 23`,
  });
}

/** `sun_path` of unix(7), with its NUL. */
const mostPathBytes = 107;

function readSyslogAddress(text: string): string {
  if (text === "") return "/dev/log";
  const [, scheme = "", path = ""] = /^([a-z+]{1,20}):\/\/(.*)$/s.exec(text) ?? [];
  if (["tcp", "udp", "tcp+tls"].includes(scheme)) {
    throw new EngineError("notOffered", `the log driver syslog does not send to ${printable(text)}`, {
      hint: "send to the host's own syslog socket with unix:///dev/log, whose server can forward to other machines",
    });
  }
  if (scheme !== "unix" && scheme !== "unixgram")
    throw new EngineError("invalidValue", `unsupported scheme: ${printable(text)}`, {
      hint: "write unix:///dev/log or unixgram:///dev/log",
    });
  if (path.startsWith("/") && !path.includes("\0") && Buffer.byteLength(path) <= mostPathBytes) return path;
  throw new EngineError("invalidValue", `the syslog address ${printable(text)} has no path of a socket`, {
    hint: `write an absolute path of at most ${mostPathBytes} bytes, such as unix:///dev/log`,
  });
}

function quoted(options: ReadonlyMap<string, string>, name: string): string {
  return printable(options.get(name) ?? "").slice(1, -1);
}
