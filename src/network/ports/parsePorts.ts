import { isIP } from "node:net";
import { EngineError } from "../../base/index.ts";
import type { PortProtocol } from "../containerNetwork.ts";
import { canonicalAddress } from "./addresses.ts";
import type { ExposedPort, PortRange, PortRequest } from "./portRequest.ts";

/**
 * Parses `--publish [ip:][host[-host]:]container[-container][/tcp|udp|sctp]`, or its long form
 * `published=8080,target=80,protocol=tcp`, into one request for each port of the container. An IPv6 address may stand in
 * brackets, and a host port of 0 stands for any.
 *
 * @throws EngineError `invalidValue` with Docker's sentences.
 */
export function parsePublish(text: string): readonly PortRequest[] {
  const spec = text.includes("=") ? fromLongForm(text) : text;
  const { hostIp, hostPort, containerPort: last } = splitSpec(spec);
  const { port: containerPort, protocol } = splitProtocol(last);
  const address = hostIp === "" ? undefined : parseHostAddress(hostIp);
  if (containerPort === "") throw invalid(`no port specified: ${shown(spec)}<empty>`);
  const inside = parseRange(containerPort);
  if (inside === undefined || inside.first === 0) throw invalid(`invalid containerPort: ${shown(containerPort)}`);
  const outside = hostPort === "" ? undefined : parseRange(hostPort);
  if (hostPort !== "" && outside === undefined) throw invalid(`invalid hostPort: ${shown(hostPort)}`);
  if (outside !== undefined && sizeOf(inside) !== sizeOf(outside) && sizeOf(inside) > 1) {
    throw invalid(
      `invalid ranges specified for container and host Ports: ${shown(containerPort)} and ${shown(hostPort)}`,
    );
  }
  return portsOf(inside).map((port) => ({
    ...(address === undefined ? {} : { hostIp: address }),
    ...hostPortFor(port - inside.first, { inside, outside }),
    containerPort: port,
    protocol,
  }));
}

/** A single port of the container may choose from a range; several get the host's ports one by one. */
function hostPortFor(
  index: number,
  { inside, outside }: { readonly inside: PortRange; readonly outside: PortRange | undefined },
): Pick<PortRequest, "hostPort"> {
  if (outside === undefined || outside.last === 0) return {};
  if (sizeOf(inside) === 1) return { hostPort: outside };
  return { hostPort: { first: outside.first + index, last: outside.first + index } };
}

/**
 * Parses `--expose port[-port][/protocol]`.
 *
 * @throws EngineError `invalidValue` with Docker's sentences.
 */
export function parseExpose(text: string): readonly ExposedPort[] {
  if (text.includes(":")) throw invalid(`invalid port format for --expose: ${shown(text)}`);
  const { port, protocol } = splitProtocol(text);
  const range = parseRange(port);
  if (range === undefined || range.first === 0) {
    throw invalid(
      `invalid range format for --expose: ${shown(text)}`,
      "write PORT or PORT-PORT, such as 8000-8010/tcp",
    );
  }
  return portsOf(range).map((number) => ({ port: number, protocol }));
}

/** EXPOSE of an image, `80/tcp` or a range; what is none is left out, since an image must not keep itself from running. */
export function parseImagePorts(texts: readonly string[]): readonly ExposedPort[] {
  return texts.flatMap((text) => {
    try {
      return parseExpose(text);
    } catch (error) {
      if (error instanceof EngineError && error.code === "invalidValue") return [];
      throw error;
    }
  });
}

/** From the right: an address may hold colons itself. */
function splitSpec(spec: string): {
  readonly hostIp: string;
  readonly hostPort: string;
  readonly containerPort: string;
} {
  const parts = spec.split(":");
  return {
    hostIp: parts.slice(0, -2).join(":"),
    hostPort: parts.at(-2) ?? "",
    containerPort: parts.at(-1) ?? "",
  };
}

const protocols: readonly PortProtocol[] = ["tcp", "udp", "sctp"];

function splitProtocol(text: string): { readonly port: string; readonly protocol: PortProtocol } {
  const slash = text.indexOf("/");
  const word = slash === -1 || slash === text.length - 1 ? "tcp" : text.slice(slash + 1);
  const protocol = protocols.find((known) => known === word.toLowerCase());
  if (protocol === undefined) throw invalid(`invalid proto: ${shown(word)}`, "use tcp, udp or sctp");
  return { port: slash === -1 ? text : text.slice(0, slash), protocol };
}

function parseHostAddress(text: string): string {
  const bare = text.startsWith("[") && text.endsWith("]") ? text.slice(1, -1) : text;
  // A zone would name an interface, which the address of a packet does not.
  if (isIP(bare) === 0 || bare.includes("%")) throw invalid(`invalid IP address: ${shown(text)}`);
  return canonicalAddress(bare);
}

function parseRange(text: string): PortRange | undefined {
  const [first = "", last = first, ...rest] = text.split("-", 3);
  if (rest.length > 0 || !isPort(first) || !isPort(last) || Number(last) < Number(first)) return undefined;
  return { first: Number(first), last: Number(last) };
}

function isPort(text: string): boolean {
  return /^\d{1,16}$/.test(text) && Number(text) <= 65_535;
}

function sizeOf({ first, last }: PortRange): number {
  return last - first + 1;
}

function portsOf(range: PortRange): readonly number[] {
  return Array.from({ length: sizeOf(range) }, (_, index) => range.first + index);
}

/** The long form has the same words as the short one. */
function fromLongForm(text: string): string {
  const words = new Map([["protocol", "tcp"]]);
  for (const field of text.slice(0, 1024).split(",")) {
    const equals = field.indexOf("=");
    if (equals <= 0) {
      throw invalid(`invalid publish opts format (should be name=value but got '${shown(field)}')`);
    }
    words.set(field.slice(0, equals), field.slice(equals + 1));
  }
  return `${words.get("published") ?? ""}:${words.get("target") ?? ""}/${words.get("protocol") ?? ""}`;
}

function shown(text: string): string {
  return text.slice(0, 80);
}

function invalid(
  message: string,
  hint = "write [IP:][HOST_PORT:]CONTAINER_PORT[/PROTOCOL], such as 8080:80/tcp",
): EngineError {
  return new EngineError("invalidValue", message, { hint });
}
