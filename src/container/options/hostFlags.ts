import { isIP } from "node:net";
import { EngineError } from "../../base/index.ts";
import type { ExtraHost } from "../runOptions.ts";
import { printable, requireSingleLine } from "./singleLine.ts";

/**
 * Parses `--add-host NAME:ADDRESS` (or `NAME=ADDRESS`, and an IPv6 address may stand in brackets).
 *
 * @throws EngineError `invalidValue` with Docker's sentences.
 */
export function parseAddHost(text: string): ExtraHost {
  requireSingleLine(text, "the extra host");
  const split = text.includes("=") ? text.indexOf("=") : text.indexOf(":");
  const name = text.slice(0, split);
  if (split <= 0 || !isHostName(name, 253))
    throw new EngineError("invalidValue", `bad format for add-host: ${printable(text)}`);
  const written = text.slice(split + 1);
  const address = written.startsWith("[") && written.endsWith("]") ? written.slice(1, -1) : written;
  if (address !== "host-gateway" && (isIP(address) === 0 || address.includes("%"))) {
    throw new EngineError("invalidValue", `invalid IP address in add-host: ${printable(written)}`);
  }
  return { name, address };
}

/**
 * Parses `--hostname`: at most 64 bytes (HOST_NAME_MAX, gethostname(2)) of letters, digits, `-`, `_` and `.`.
 *
 * @throws EngineError `invalidValue`.
 */
export function parseHostname(text: string): string {
  if (isHostName(text, 64)) return text;
  throw new EngineError("invalidValue", `invalid hostname format: ${printable(text).slice(1, -1)}`, {
    hint: "use at most 64 letters, digits, dots, hyphens and underscores",
  });
}

/** Parses `--domainname`, in the same alphabet as a host name. */
export function parseDomainname(text: string): string {
  if (isHostName(text, 64)) return text;
  throw new EngineError("invalidValue", `invalid domainname format: ${printable(text).slice(1, -1)}`, {
    hint: "use at most 64 letters, digits, dots, hyphens and underscores",
  });
}

/**
 * Parses `--dns`.
 *
 * @throws EngineError `invalidValue` with Docker's sentence unless it is an IP address.
 */
export function parseDnsServer(text: string): string {
  const address = text.trim();
  if (isIP(address) !== 0) return requireSingleLine(address, "the DNS server");
  throw new EngineError("invalidValue", `${printable(text).slice(1, -1)} is not an ip address`, {
    hint: "write the address of a name server, such as --dns 9.9.9.9",
  });
}

/**
 * Parses `--dns-search`; `.` means: no search domains.
 *
 * @throws EngineError `invalidValue` with Docker's sentence.
 */
export function parseDnsSearch(text: string): string {
  const domain = text.trim();
  if (domain === "." || isHostName(domain, 253)) return domain;
  throw new EngineError("invalidValue", `${printable(text).slice(1, -1)} is not a valid domain`);
}

/** Parses `--dns-option`: one word of resolv.conf(5) with an optional value, such as `ndots:2`. */
export function parseDnsOption(text: string): string {
  if (/^[a-z0-9-]{1,64}(:[a-z0-9]{1,16})?$/i.test(text)) return text;
  throw new EngineError("invalidValue", `invalid DNS option ${printable(text)}`, {
    hint: "write one option of resolv.conf(5), such as ndots:2",
  });
}

function isHostName(text: string, maxLength: number): boolean {
  return text.length > 0 && text.length <= maxLength && /^[a-zA-Z0-9_][a-zA-Z0-9_.-]*$/.test(text);
}
