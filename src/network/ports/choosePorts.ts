import { readFileSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { EngineError } from "../../base/index.ts";
import type { PortProtocol, PublishedPort } from "../containerNetwork.ts";
import {
  canonicalAddress,
  type Family,
  familyOf,
  formatHost,
  formatSocket,
  isLoopback,
  isWildcard,
  wildcard,
} from "./addresses.ts";
import { findHolder, findSocket, type HostSocket, readHostSockets } from "./hostSockets.ts";
import type { PortRange, PortRequest } from "./portRequest.ts";
import {
  findOverlap,
  listReservedPorts,
  openReservations,
  type ReservationPlace,
  releasePort,
  takePort,
} from "./portReservations.ts";

export interface PortChoice extends ReservationPlace {
  readonly containerId: string;
  readonly requests: readonly PortRequest[];
  /** Those in which the container has an address that packets can be sent to. */
  readonly families: ReadonlySet<Family>;
  /** What the user calls a container. */
  readonly nameOf: (containerId: string) => string;
}

/**
 * Chooses and reserves the ports of the host, all of them or none. Those that a process or another container has are
 * refused; for a range, or any port, the first free one is taken. The caller gives them back with `releasePorts`.
 *
 * @throws EngineError `portInUse` that names the holder, `invalidValue` for an address that the host or the container
 * does not have.
 */
export function choosePorts(choice: PortChoice): readonly PublishedPort[] {
  const taken: PublishedPort[] = [];
  openReservations(choice);
  const search: Search = { choice, sockets: new Map(), taken, byPort: new Map() };
  try {
    for (const request of choice.requests) chooseOne(search, request);
    refuseOverlaps(choice, taken);
  } catch (error) {
    releasePorts(choice, taken);
    throw error;
  }
  return taken;
}

/** Gives ports back that are this container's. Idempotent. */
export function releasePorts(
  place: Pick<PortChoice, "runRoot" | "containerId">,
  ports: readonly PublishedPort[],
): void {
  for (const port of ports) releasePort(place, port, place.containerId);
}

interface Search {
  readonly choice: PortChoice;
  /** What listens on the host, by protocol, once it was looked at. */
  readonly sockets: Map<PortProtocol, readonly HostSocket[]>;
  readonly taken: PublishedPort[];
  /** The same by protocol and port of the host. */
  readonly byPort: Map<string, PublishedPort[]>;
}

function chooseOne(search: Search, request: PortRequest): void {
  const addresses = hostAddresses(request, search.choice.families);
  const { hostPort } = request;
  const fixed = hostPort !== undefined && hostPort.first === hostPort.last;
  for (const candidate of candidates(hostPort)) {
    const ports = addresses.map((hostIp) => portOf(request, hostIp, candidate));
    const conflict = tryPorts(search, ports);
    if (conflict === undefined) return;
    if (fixed) throw conflict();
  }
  const where = formatHost(addresses[0] ?? "");
  throw new EngineError("portInUse", `Bind for ${where} failed: all ports are allocated`, {
    hint: hostPort === undefined ? "see net.ipv4.ip_local_port_range" : "choose a larger range of host ports",
  });
}

function portOf({ containerPort, protocol }: PortRequest, hostIp: string, hostPort: number): PublishedPort {
  return { hostIp, hostPort, containerPort, protocol };
}

/** Without an address: every one of each family that the container has. */
function hostAddresses(
  { hostIp, containerPort, protocol }: PortRequest,
  families: ReadonlySet<Family>,
): readonly string[] {
  if (hostIp === undefined)
    return ([4, 6] as const).filter((family) => families.has(family)).map((family) => wildcard[family]);
  const family = familyOf(hostIp);
  if (!families.has(family)) {
    throw new EngineError(
      "invalidValue",
      `cannot publish ${containerPort}/${protocol} on "${hostIp}": the container has no IPv${family} address`,
      {
        hint:
          family === 6
            ? "connect it to a network made with: brig network create --ipv6"
            : "connect it to a network with IPv4, or publish on ::",
      },
    );
  }
  requireLocal(hostIp);
  return [hostIp];
}

function requireLocal(hostIp: string): void {
  if (isWildcard(hostIp) || isLoopback(hostIp)) return;
  const own = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  if (own.some(({ address }) => canonicalAddress(address.split("%")[0] ?? "") === hostIp)) return;
  throw new EngineError("invalidValue", `failed to bind host port for ${hostIp}: cannot assign requested address`, {
    hint: "no interface of this host has that address: ip address",
  });
}

function* candidates(range: PortRange | undefined): Generator<number> {
  if (range !== undefined) {
    for (let port = range.first; port <= range.last; port += 1) yield port;
    return;
  }
  const { first, last } = readEphemeralRange();
  const size = last - first + 1;
  // From anywhere, so that two containers that start at the same moment do not meet at every step.
  const start = Math.floor(Math.random() * size);
  for (let step = 0; step < size; step += 1) yield first + ((start + step) % size);
}

/** Where the kernel takes ports from for those who want any (ip(7), ip_local_port_range). */
export function readEphemeralRange(proc = "/proc"): PortRange {
  const [first = 32_768, last = 60_999] = readFileSync(`${proc}/sys/net/ipv4/ip_local_port_range`, "utf8")
    .trim()
    .split(/\s+/)
    .map(Number);
  return { first, last };
}

/** Takes all of them, or none and says, when asked, why. */
function tryPorts(search: Search, ports: readonly PublishedPort[]): (() => EngineError) | undefined {
  const { choice, taken, byPort } = search;
  const own: PublishedPort[] = [];
  for (const port of ports) {
    const conflict = tryPort(search, port);
    if (conflict === undefined) {
      own.push(port);
      continue;
    }
    releasePorts(choice, own);
    return conflict;
  }
  for (const port of own) {
    taken.push(port);
    const key = keyOf(port);
    byPort.set(key, [...(byPort.get(key) ?? []), port]);
  }
  return undefined;
}

function tryPort({ choice, sockets, byPort, taken }: Search, port: PublishedPort): (() => EngineError) | undefined {
  const { hostIp, hostPort, protocol } = port;
  // This container's own reservation would look free to it.
  if (byPort.get(keyOf(port))?.some((other) => clashes(other, port)) === true)
    return () => allocated(port, choice.containerId, choice);
  const listening = sockets.get(protocol) ?? readHostSockets(protocol);
  sockets.set(protocol, listening);
  const socket = findSocket(listening, { hostIp, port: hostPort });
  if (socket !== undefined) return () => heldByProcess(port, socket);
  const [first] = taken;
  const holder = takePort(first === undefined ? choice : { ...choice, taken: first }, port, choice.containerId);
  return holder === undefined ? undefined : () => allocated(port, holder, choice);
}

function keyOf({ protocol, hostPort }: PublishedPort): string {
  return `${protocol} ${hostPort}`;
}

/** Whether two with one protocol and port exclude each other. */
function clashes(one: PublishedPort, other: PublishedPort): boolean {
  if (familyOf(one.hostIp) !== familyOf(other.hostIp)) return false;
  return one.hostIp === other.hostIp || isWildcard(one.hostIp) || isWildcard(other.hostIp);
}

function refuseOverlaps(choice: PortChoice, taken: readonly PublishedPort[]): void {
  if (taken.length === 0) return;
  const reserved = listReservedPorts(choice.runRoot);
  for (const port of taken) {
    const holder = findOverlap(choice, { port, containerId: choice.containerId }, reserved);
    if (holder !== undefined) throw allocated(port, holder, choice);
  }
}

/** Docker's sentence. */
function allocated(
  { hostIp, hostPort }: PublishedPort,
  holder: string,
  { nameOf, containerId }: PortChoice,
): EngineError {
  const where = formatSocket(hostIp, hostPort);
  return new EngineError("portInUse", `Bind for ${where} failed: port is already allocated`, {
    hint:
      holder === containerId
        ? "it was asked for twice"
        : `the container "${nameOf(holder)}" has it: stop it, or choose another port of the host`,
    details: { address: where, container: holder },
  });
}

function heldByProcess({ hostIp, hostPort, protocol }: PublishedPort, socket: HostSocket): EngineError {
  const holder = findHolder(socket.inode);
  const by = holder === undefined ? "" : ` by ${JSON.stringify(holder.name)} (process ${holder.pid})`;
  const where = `${formatSocket(hostIp, hostPort)}/${protocol}`;
  return new EngineError("portInUse", `failed to bind host port ${where}: address already in use${by}`, {
    hint: `a process of the host listens at ${formatSocket(socket.address, socket.port)}: stop it, or choose another port`,
    details: { address: where, ...(holder === undefined ? {} : { pid: holder.pid, program: holder.name }) },
  });
}
