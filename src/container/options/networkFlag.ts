import { isIPv4, isIPv6 } from "node:net";
import { EngineError } from "../../base/index.ts";
import type { NetworkChoice } from "../../network/index.ts";
import { splitCsv } from "./csvFields.ts";
import { bareChoice } from "./networkChoices.ts";
import { printable } from "./singleLine.ts";

type Read = (choice: NetworkChoice, value: string) => NetworkChoice;

/** The keys of `--network name=NETWORK,KEY=VALUE...`. */
const readers: ReadonlyMap<string, Read> = new Map<string, Read>([
  ["name", (choice, value) => ({ ...choice, network: parseNetworkWord(value) })],
  ["ip", (choice, value) => ({ ...choice, ipv4: parseIp(value) })],
  ["ip6", (choice, value) => ({ ...choice, ipv6: parseIp6(value) })],
  ["mac-address", (choice, value) => ({ ...choice, mac: parseMacAddress(value) })],
  ["alias", (choice, value) => ({ ...choice, aliases: [...choice.aliases, parseNetworkAlias(value)] })],
  ["gw-priority", (choice, value) => ({ ...choice, gatewayPriority: parsePriority(value) })],
  ["rate", (choice, value) => ({ ...choice, rateBits: parseRate(value) })],
]);

/**
 * Parses `--network`: a name, or `name=NAME,ip=...,alias=...`; the name may also stand alone, as `NAME,alias=...`.
 *
 * @throws EngineError `invalidValue` with Docker's sentences.
 */
export function parseNetwork(text: string): NetworkChoice {
  const [first = "", ...others] = splitCsv(text, "the network");
  const long = first.includes("=");
  let choice = bareChoice(long ? "" : parseNetworkWord(first));
  for (const field of long ? [first, ...others] : others) {
    const equals = field.indexOf("=");
    const read = readers.get(field.slice(0, Math.max(equals, 0)).trim().toLowerCase());
    if (read === undefined) {
      throw new EngineError("invalidValue", `invalid field ${printable(field)}`, {
        hint: `the fields are ${[...readers.keys()].join(", ")}`,
      });
    }
    choice = read(choice, field.slice(equals + 1).trim());
  }
  if (choice.network !== "") return choice;
  throw new EngineError("invalidValue", `network name missing in ${printable(text)}`, {
    hint: "write --network NAME, or name=NAME among the fields",
  });
}

const wordPattern = /^(?:container:)?[a-zA-Z0-9][a-zA-Z0-9_.-]{0,254}$/;

/** A name or id of a network, or a word that stands for none. */
function parseNetworkWord(text: string): string {
  if (wordPattern.test(text)) return text;
  throw new EngineError("invalidValue", `invalid network name ${printable(text)}`);
}

/** @throws EngineError `invalidValue`. */
export function parseIp(text: string): string {
  if (isIPv4(text)) return text;
  throw new EngineError("invalidValue", `invalid IPv4 address: ${printable(text).slice(1, -1)}`);
}

/** @throws EngineError `invalidValue`. */
export function parseIp6(text: string): string {
  if (isIPv6(text) && !text.includes("%")) return text;
  throw new EngineError("invalidValue", `invalid IPv6 address: ${printable(text).slice(1, -1)}`);
}

/** Six bytes of a single interface: not zero, not a group's. @throws EngineError `invalidValue`. */
export function parseMacAddress(text: string): string {
  const bytes = text.toLowerCase().replaceAll("-", ":");
  const single = /^[0-9a-f][02468ace](?::[0-9a-f]{2}){5}$/.test(bytes) && bytes !== "00:00:00:00:00:00";
  if (single) return bytes;
  throw new EngineError("invalidValue", `${printable(text).slice(1, -1)} is not a valid mac address`, {
    hint: "write six bytes such as 02:42:ac:11:00:02",
  });
}

/** A host name. @throws EngineError `invalidValue`. */
export function parseNetworkAlias(text: string): string {
  if (text.length <= 253 && /^[a-zA-Z0-9_](?:[a-zA-Z0-9_.-]*[a-zA-Z0-9_])?$/.test(text)) return text;
  throw new EngineError("invalidValue", `invalid network alias ${printable(text)}`, {
    hint: "use letters, digits, dots, hyphens and underscores",
  });
}

function parsePriority(text: string): number {
  const priority = /^-?\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isNaN(priority)) return priority;
  throw new EngineError("invalidValue", `invalid gw-priority ${printable(text)}`, { hint: "write an integer" });
}

const rateUnits: ReadonlyMap<string, number> = new Map([
  ["bit", 1],
  ["kbit", 1e3],
  ["mbit", 1e6],
  ["gbit", 1e9],
  ["bps", 8],
  ["kbps", 8e3],
  ["mbps", 8e6],
  ["gbps", 8e9],
]);

/** Bits a second, in tc(8)'s words: `10mbit` are bits, `10mbps` bytes. @throws EngineError `invalidValue`. */
export function parseRate(text: string): number {
  const [, digits = "", unit = ""] = /^(\d{1,12}(?:\.\d{1,6})?)([a-z]*)$/i.exec(text) ?? [];
  const factor = rateUnits.get(unit === "" ? "bit" : unit.toLowerCase());
  const bits = digits === "" || factor === undefined ? Number.NaN : Math.round(Number(digits) * factor);
  if (bits >= 8000 && bits <= 1e12) return bits;
  throw new EngineError("invalidValue", `invalid rate ${printable(text)}`, {
    hint: "write at least 8kbit, such as 10mbit (bits) or 10mbps (bytes a second)",
  });
}
