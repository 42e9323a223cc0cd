import { join } from "node:path";
import {
  claimEnd,
  listNames,
  makeDirectory,
  readReservation,
  removeFile,
  removeStaleReservation,
  reserve,
  reserveLike,
} from "../../base/index.ts";
import type { PublishedPort } from "../containerNetwork.ts";
import { familyOf, isWildcard, wildcard } from "./addresses.ts";

/** A port of the host at one address, or at every address of its family. */
export type HostPort = Pick<PublishedPort, "hostIp" | "hostPort" | "protocol">;

/**
 * Which container has which port of the host: symbolic links `<runRoot>/ports/<protocol>-<port>-<address>` to the
 * container's id, which symlink(2) makes only where there is none. A link counts as long as its container runs or is
 * being started (`isHeld`), so nothing has to be done when one ends.
 */
export interface ReservationPlace {
  readonly runRoot: string;
  readonly isHeld: (containerId: string) => boolean;
  /** A port that this container has taken: of several, the others cost less. */
  readonly taken?: HostPort;
}

/** Makes the directory of reservations. Idempotent. */
export function openReservations({ runRoot }: Pick<ReservationPlace, "runRoot">): void {
  makeDirectory(portsDirectory(runRoot));
}

/** Takes a port, unless a container holds it, whose id is then returned. The port may be this container's already. */
export function takePort(place: ReservationPlace, port: HostPort, containerId: string): string | undefined {
  const path = pathOf(place.runRoot, port);
  const { runRoot, taken } = place;
  if (taken === undefined ? reserve(path, containerId) : reserveLike(pathOf(runRoot, taken), path, containerId))
    return undefined;
  const holder = readReservation(path);
  if (holder === containerId) return undefined;
  if (holder !== undefined && place.isHeld(holder)) return holder;
  if (holder !== undefined) removeStaleReservation(path, holder);
  return reserve(path, containerId) ? undefined : (readReservation(path) ?? takePort(place, port, containerId));
}

/** Gives a port back if it is this container's. Idempotent. */
export function releasePort({ runRoot }: Pick<ReservationPlace, "runRoot">, port: HostPort, containerId: string): void {
  const path = pathOf(runRoot, port);
  if (readReservation(path) === containerId) removeFile(path);
}

/** Gives back every port of a container, also those that no record tells of. Every reservation is looked at. */
export function releasePortsOf({ runRoot }: Pick<ReservationPlace, "runRoot">, containerId: string): void {
  for (const name of listNames(portsDirectory(runRoot))) {
    const path = join(portsDirectory(runRoot), name);
    if (readReservation(path) === containerId) removeFile(path);
  }
}

/** The addresses at which ports are reserved, by protocol and port: `tcp-80`. Whether a link counts is another question. */
export type ReservedPorts = ReadonlyMap<string, readonly string[]>;

export function listReservedPorts(runRoot: string): ReservedPorts {
  const reserved = new Map<string, string[]>();
  for (const name of listNames(portsDirectory(runRoot))) {
    const [protocol, port, address] = name.split("-", 3);
    if (address === undefined || name.endsWith(claimEnd)) continue;
    const key = `${protocol}-${port}`;
    const addresses = reserved.get(key);
    if (addresses === undefined) reserved.set(key, [address]);
    else addresses.push(address);
  }
  return reserved;
}

/**
 * The container whose port, at another address, excludes this one: every address and one of them cannot both be had.
 * Asked after the port was taken; of two that ask at the same moment, none or one gets it.
 */
export function findOverlap(
  place: ReservationPlace,
  { port, containerId }: { readonly port: HostPort; readonly containerId: string },
  reserved: ReservedPorts,
): string | undefined {
  const { hostIp, hostPort, protocol } = port;
  const family = familyOf(hostIp);
  const others = (reserved.get(`${protocol}-${hostPort}`) ?? []).filter(
    (other) => other !== hostIp && familyOf(other) === family && (isWildcard(hostIp) || other === wildcard[family]),
  );
  return others
    .map((other) => readReservation(pathOf(place.runRoot, { ...port, hostIp: other })))
    .find((holder) => holder !== undefined && holder !== containerId && place.isHeld(holder));
}

function portsDirectory(runRoot: string): string {
  return join(runRoot, "ports");
}

function nameOf({ protocol, hostPort, hostIp }: HostPort): string {
  return `${protocol}-${hostPort}-${hostIp}`;
}

function pathOf(runRoot: string, port: HostPort): string {
  return join(portsDirectory(runRoot), nameOf(port));
}
