import { readdirSync, readlinkSync, symlinkSync, unlinkSync } from "node:fs";
import { join } from "node:path";
import { EngineError, errnoOf, fileSystemError } from "../base/index.ts";
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
  for (let value = range.first; value < endOf(range); value += 1n) {
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
  if (makeLink(containerId, path)) return true;
  const holder = holderOf(root, network.name, text);
  if (holder === containerId) return true;
  if (holder !== undefined && exists(holder)) return false;
  if (holder !== undefined) removeStale(path, holder);
  return makeLink(containerId, path);
}

/** While nobody else may, and only if it still is the stale one. A claim left by a crash keeps one stale address unused. */
function removeStale(path: string, holder: string): void {
  const claim = `${path}.claim`;
  if (!makeLink(holder, claim)) return;
  try {
    if (readLink(path) === holder) removeLink(path);
  } finally {
    removeLink(claim);
  }
}

/** Gives an address back if it is this container's. Idempotent. */
export function releaseLease(
  root: string,
  network: string,
  held: { readonly address: string; readonly containerId: string },
): void {
  if (holderOf(root, network, held.address) === held.containerId) removeLink(leasePath(root, network, held.address));
}

/** Gives back every address that a container has in any network. Every lease is looked at. */
export function releaseLeasesOf(root: string, networks: readonly string[], containerId: string): void {
  for (const network of networks) {
    for (const address of listLeases(root, network)) releaseLease(root, network, { address, containerId });
  }
}

/** The addresses in use. A network that is not there has none. */
export function listLeases(root: string, network: string): readonly string[] {
  const directory = join(networkDirectory(root, network), "leases");
  try {
    return readdirSync(directory).filter((name) => !name.endsWith(".claim"));
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return [];
    throw fileSystemError(error, "read the directory", directory);
  }
}

/** The container that has an address, whether or not it exists any more. */
export function holderOf(root: string, network: string, address: string): string | undefined {
  return readLink(leasePath(root, network, address));
}

function readLink(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return undefined;
    throw fileSystemError(error, "read", path);
  }
}

function leasePath(root: string, network: string, address: string): string {
  return join(networkDirectory(root, network), "leases", address);
}

function makeLink(target: string, path: string): boolean {
  try {
    symlinkSync(target, path);
    return true;
  } catch (error) {
    if (errnoOf(error) === "EEXIST") return false;
    throw fileSystemError(error, "make", path);
  }
}

function removeLink(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if (errnoOf(error) !== "ENOENT") throw fileSystemError(error, "remove", path);
  }
}
