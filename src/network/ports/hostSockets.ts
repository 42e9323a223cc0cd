import { closeSync, openSync, readdirSync, readFileSync, readlinkSync, readSync } from "node:fs";
import { endianness } from "node:os";
import { errnoOf, readFileIfExists } from "../../base/index.ts";
import type { PortProtocol } from "../containerNetwork.ts";
import { canonicalAddress, type Family, familyOf, isWildcard } from "./addresses.ts";

/** A socket of the host that takes connections or packets at an address. */
export interface HostSocket {
  readonly address: string;
  readonly port: number;
  readonly inode: string;
}

export interface SocketHolder {
  readonly pid: number;
  /** The name of its program, as the kernel has it: at most 15 characters of anything. */
  readonly name: string;
}

/** States in which a socket takes what comes to its port: LISTEN of TCP, unconnected of UDP (proc_pid_net(5)). */
const openStates: Readonly<Record<"tcp" | "udp", string>> = { tcp: "0A", udp: "07" };

const maxBytes = 16 * 1024 * 1024;
/** Small: to fill it, the kernel goes through a table of all namespaces, which has 4 MiB on a large machine. */
const pieceBytes = 4 * 1024;

/**
 * The sockets that listen in the network namespace of a process, this one's unless another is named. Listening ones stand
 * first in the kernel's table of TCP. A table that would be empty is not read.
 */
export function readHostSockets(
  protocol: PortProtocol,
  { proc = "/proc", pid = "self" }: { readonly proc?: string; readonly pid?: number | "self" } = {},
): readonly HostSocket[] {
  // What listens with SCTP is not in a table with inodes; the kernel module is rarely there at all.
  if (protocol === "sctp") return [];
  const net = `${proc}/${pid}/net`;
  return (["", "6"] as const).flatMap((version) => {
    if (!hasSockets(readFileIfExists(`${net}/sockstat${version}`), `${protocol}${version}`)) return [];
    return parseSockets(readTable(`${net}/${protocol}${version}`, protocol), protocol);
  });
}

/** Whether `/proc/net/sockstat` or `sockstat6` counts sockets of a protocol (`TCP6: inuse 2`); true where it does not say. */
export function hasSockets(text: string | undefined, name: string): boolean {
  return !new RegExp(`^${name.toUpperCase()}: inuse 0( |$)`, "m").test(text ?? "");
}

function readTable(path: string, protocol: "tcp" | "udp"): string {
  let text = "";
  let fd: number;
  try {
    fd = openSync(path, "r");
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return ""; // a kernel without IPv6
    throw error;
  }
  try {
    const piece = Buffer.alloc(pieceBytes);
    for (let read = readSync(fd, piece); read > 0 && text.length < maxBytes; read = readSync(fd, piece)) {
      text += piece.toString("latin1", 0, read);
      if (protocol === "tcp" && !endsListening(text)) break;
    }
  } finally {
    closeSync(fd);
  }
  return text;
}

/** Whether the last whole line is still about a listening socket. */
function endsListening(text: string): boolean {
  const line = text.trimEnd().split("\n").at(-1) ?? "";
  return line.trim().split(/\s+/)[3] === openStates.tcp;
}

/** Parses /proc/net/tcp, tcp6, udp or udp6. Lines that are no sockets are left out. */
export function parseSockets(text: string, protocol: "tcp" | "udp"): readonly HostSocket[] {
  return text.split("\n").flatMap((line) => {
    const [, local = "", , state, , , , , , inode = ""] = line.trim().split(/\s+/);
    const match = /^([0-9A-F]{8}|[0-9A-F]{32}):([0-9A-F]{4})$/.exec(local);
    if (match === null || state !== openStates[protocol]) return [];
    return [{ address: decodeAddress(match[1] ?? ""), port: Number.parseInt(match[2] ?? "", 16), inode }];
  });
}

/** Four bytes each in the order of the processor. */
function decodeAddress(hex: string): string {
  const words = hex.match(/.{8}/g) ?? [];
  const bytes = words.flatMap((word) => {
    const inOrder = (word.match(/../g) ?? []).map((byte) => Number.parseInt(byte, 16));
    return endianness() === "LE" ? inOrder.reverse() : inOrder;
  });
  if (bytes.length === 4) return bytes.join(".");
  const groups = Array.from({ length: 8 }, (_, n) =>
    (((bytes[2 * n] ?? 0) << 8) | (bytes[2 * n + 1] ?? 0)).toString(16),
  );
  return canonicalAddress(groups.join(":"));
}

/**
 * The socket that keeps a port from being published at an address. One that listens at `::` is taken to listen for IPv4
 * as well, which it does unless it was told not to.
 */
export function findSocket(
  sockets: readonly HostSocket[],
  { hostIp, port }: { readonly hostIp: string; readonly port: number },
): HostSocket | undefined {
  const family = familyOf(hostIp);
  return sockets.find((socket) => socket.port === port && meets(socket.address, hostIp, family));
}

function meets(listening: string, hostIp: string, family: Family): boolean {
  if (listening === "::") return true;
  if (familyOf(listening) !== family) return false;
  return listening === hostIp || isWildcard(listening) || isWildcard(hostIp);
}

/** The process that has a socket open; undefined when it is another user's secret, the kernel's, or gone. */
export function findHolder(inode: string, proc = "/proc"): SocketHolder | undefined {
  const wanted = `socket:[${inode}]`;
  const pid = readdirSync(proc).find((name) => /^\d+$/.test(name) && opens(`${proc}/${name}/fd`, wanted));
  if (pid === undefined) return undefined;
  try {
    return { pid: Number(pid), name: readFileSync(`${proc}/${pid}/comm`, "utf8").trim() };
  } catch {
    return undefined; // it has ended meanwhile
  }
}

function opens(directory: string, wanted: string): boolean {
  try {
    return readdirSync(directory).some((fd) => linkOf(`${directory}/${fd}`) === wanted);
  } catch {
    return false; // it has ended meanwhile, or may not be looked at
  }
}

function linkOf(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined; // closed meanwhile
  }
}
