import { join } from "node:path";
import {
  claimEnd,
  EngineError,
  listNames,
  readReservation,
  removeFile,
  removeStaleReservation,
  reserve,
} from "../base/index.ts";
import { formatAddress, type IpAddress, parseAddress } from "./addresses/ipAddress.ts";
import { bitsOf, endOf, isUsable, parseSubnet, type Subnet } from "./addresses/subnet.ts";
import type { NetworkRecord, NetworkSubnet } from "./networkRecord.ts";
import { networkDirectory } from "./networkStore.ts";

export interface LeaseRequest {
  readonly root: string;
  readonly network: NetworkRecord;
  readonly subnet: NetworkSubnet;
  readonly containerId: string;
  /** The address that the user wants; absent: the lowest free one. */
  readonly wanted?: string;
  /** Whether a container exists: the lease of one that does not is free. */
  readonly exists: (containerId: string) => boolean;
  /** Take nothing, only say what would be taken. */
  readonly preview?: boolean;
}

/**
 * Takes an address for a container, until it is released. No lock: a lease is a symbolic link `leases/<address>` to the
 * container's id, which symlink(2) makes only where there is none.
 *
 * @throws EngineError `invalidValue` for an address that the network does not give, `busy` when it is taken or none is free.
 */
export function takeLease(request: LeaseRequest): string {
  const { wanted } = request;
  return wanted === undefined ? takeAny(request) : takeWanted(request, wanted);
}

function takeWanted(request: LeaseRequest, wanted: string): string {
  const { network, subnet } = request;
  const address = parseAddress(wanted);
  const range = rangeOf(subnet.subnet);
  if (address === undefined || !isUsable(range, address)) {
    throw new EngineError(
      "invalidValue",
      `invalid IP address "${wanted}": not an address of ${subnet.subnet} of the network ${network.name}`,
    );
  }
  const text = formatAddress(address);
  if (text === subnet.gateway || Object.values(subnet.auxAddresses).includes(text) || !take(request, text)) {
    throw new EngineError("busy", "Address already in use", {
      hint: `another container, the gateway or an --aux-address of the network ${network.name} has ${text}`,
      details: { address: text, network: network.name },
    });
  }
  return text;
}

/** Sorted by number, the first gap is free; a race for it is decided by symlink(2), and the loser looks on. */
function takeAny(request: LeaseRequest): string {
  const { root, network, subnet, exists, containerId } = request;
  const whole = rangeOf(subnet.subnet);
  const range = rangeOf(subnet.ipRange ?? subnet.subnet);
  const held = new Set([...listLeases(root, network.name), ...reserved(subnet)]);
  const end = endOf(range);
  for (let value = range.first; value < end; value += 1n) {
    const address = { family: subnet.family, value };
    const text = formatAddress(address);
    if (!held.has(text) && isUsable(whole, address) && take(request, text)) return text;
  }
  const stale = listLeases(root, network.name).find(
    (text) => fits(text, whole) && !exists(holderOf(root, network.name, text) ?? containerId),
  );
  if (stale !== undefined && take(request, stale)) return stale;
  throw new EngineError(
    "busy",
    `no available IPv${subnet.family} addresses on this network's address pools: ${network.name} (${network.id})`,
    {
      hint: "remove containers, or make a network with a larger --subnet",
    },
  );
}

function fits(text: string, range: Subnet): boolean {
  const address: IpAddress | undefined = parseAddress(text);
  return address !== undefined && isUsable(range, address);
}

function reserved({ gateway, auxAddresses }: NetworkSubnet): readonly string[] {
  return [...(gateway === undefined ? [] : [gateway]), ...Object.values(auxAddresses)];
}

function rangeOf(text: string): Subnet {
  const subnet = parseSubnet(text);
  if (subnet === undefined || subnet.length > bitsOf(subnet.family))
    throw new Error(`the record has no subnet "${text}"`);
  return subnet;
}

/** A lease whose container is gone is taken over: removed, then raced for like a free one. */
function take({ root, network, containerId, exists, preview = false }: LeaseRequest, text: string): boolean {
  if (preview) {
    const holder = holderOf(root, network.name, text);
    return holder === undefined || !exists(holder);
  }
  const path = leasePath(root, network.name, text);
  if (reserve(path, containerId)) return true;
  const holder = holderOf(root, network.name, text);
  if (holder === containerId) return true;
  if (holder !== undefined && exists(holder)) return false;
  if (holder !== undefined) removeStaleReservation(path, holder);
  return reserve(path, containerId);
}

/** Gives an address back if it is this container's. Idempotent. */
export function releaseLease(
  root: string,
  network: string,
  held: { readonly address: string; readonly containerId: string },
): void {
  if (holderOf(root, network, held.address) === held.containerId) removeFile(leasePath(root, network, held.address));
}

/** Gives back every address that a container has in any network. Every lease is looked at. */
export function releaseLeasesOf(root: string, networks: readonly string[], containerId: string): void {
  for (const network of networks) {
    for (const address of listLeases(root, network)) releaseLease(root, network, { address, containerId });
  }
}

/** The addresses in use. A network that is not there has none. */
export function listLeases(root: string, network: string): readonly string[] {
  return listNames(join(networkDirectory(root, network), "leases")).filter((name) => !name.endsWith(claimEnd));
}

/** The container that has an address, whether or not it exists any more. */
export function holderOf(root: string, network: string, address: string): string | undefined {
  return readReservation(leasePath(root, network, address));
}

function leasePath(root: string, network: string, address: string): string {
  return join(networkDirectory(root, network), "leases", address);
}
