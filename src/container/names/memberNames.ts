import { EngineError, listNames } from "../../base/index.ts";
import {
  type ContainerNetwork,
  countChanges,
  formatLines,
  type HostsLine,
  interfacesDirectory,
  listNotes,
  type MemberNote,
  noteLines,
  readContainerNetwork,
} from "../../network/index.ts";
import { containerPaths } from "../state/containerPaths.ts";
import type { StatePlaces } from "../state/liveState.ts";
import { readBootId } from "../state/processIdentity.ts";
import { isUp } from "../state/startMark.ts";
import { forgetMember } from "./noteMember.ts";

/** A running or starting container of a network in which containers find each other by name. */
export interface NamedMember {
  readonly id: string;
  /** Its addresses in the network. */
  readonly addresses: readonly string[];
  /** What the members call it: lines of their hosts files. */
  readonly lines: string;
  /** Its record, where a note did not say enough: it is in other networks, too, has links, or very many names. */
  readonly network?: ContainerNetwork;
}

/** Who was in networks, and what they were called, when each was asked for first. What many members need is read once. */
export interface NamesLook {
  readonly membersOf: (network: string) => readonly NamedMember[];
  /** Lines of hosts files with all members. */
  readonly linesOf: (network: string) => string;
  /** Whether nobody has changed any of these networks since. */
  readonly isCurrent: () => boolean;
}

interface Looked {
  readonly changes: number;
  readonly members: readonly NamedMember[];
  readonly lines: string;
}

/** Begins a look. */
export function lookAtNames(places: StatePlaces): NamesLook {
  const looked = new Map<string, Looked>();
  const look = (network: string): Looked => {
    const known = looked.get(network);
    if (known !== undefined) return known;
    const changes = countChanges(places.root, network); // before the members are
    const members = namedMembers(network, places);
    const lines = members.map(({ lines: own }) => own).join("");
    looked.set(network, { changes, members, lines });
    return { changes, members, lines };
  };
  return {
    membersOf: (network) => look(network).members,
    linesOf: (network) => look(network).lines,
    isCurrent: () => [...looked].every(([network, { changes }]) => countChanges(places.root, network) === changes),
  };
}

/** The members of a network that run or are being started, by the order of their IPv4 addresses, then of their ids. Damaged ones are left out. */
function namedMembers(network: string, places: StatePlaces): readonly NamedMember[] {
  const { root, runRoot } = places;
  // The host's side of an interface is there for as long as the container is: of those that have one nothing is read.
  const interfaces = new Set(listNames(interfacesDirectory));
  const bootId = readBootId();
  const members: NamedMember[] = [];
  for (const note of listNotes(root, network)) {
    const { containerId, known } = note;
    const isThere = known?.hostInterface !== undefined && interfaces.has(known.hostInterface);
    if (isThere || isUp({ root, runRoot, bootId }, containerId)) members.push(...readMember(note, network, root));
    else forgetMember(containerId, [network], places); // it ended when nobody was there to take its note back
  }
  return byAddress(members);
}

/** A newcomer mostly has the highest address: then most of everybody's hosts file stays as it is. */
function byAddress(members: readonly NamedMember[]): readonly NamedMember[] {
  const values = new Map(members.map((member) => [member, quadValue(member.addresses[0] ?? "")]));
  return [...members].sort((one, other) => (values.get(one) ?? 0) - (values.get(other) ?? 0));
}

/** An IPv4 address as a number; of one of IPv6 always 0. */
function quadValue(text: string): number {
  if (text.includes(":")) return 0;
  let [value, part] = [0, 0];
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === 0x2e) [value, part] = [value * 256 + part, 0];
    else part = part * 10 + code - 0x30;
  }
  return value * 256 + part;
}

function readMember({ containerId, known }: MemberNote, network: string, root: string): readonly NamedMember[] {
  if (known !== undefined) return [{ id: containerId, addresses: known.addresses, lines: noteLines(known) }];
  try {
    const own = readContainerNetwork(containerPaths(root, containerId).directory);
    const lines = linesOf(own, network);
    if (lines === undefined) return [];
    const addresses = lines.map(({ address }) => address);
    return [{ id: containerId, addresses, lines: formatLines(lines), network: own }];
  } catch (error) {
    // It is being removed at this moment, or its records are damaged: its names lead nowhere either way.
    if (error instanceof EngineError) return [];
    throw error;
  }
}

/** What a container is called by the members of a network; undefined when it is not in it. */
function linesOf({ endpoints }: ContainerNetwork, network: string): readonly HostsLine[] | undefined {
  const own = endpoints.find((endpoint) => endpoint.network === network);
  if (own === undefined) return undefined;
  const { ipv4, ipv6, dnsNames } = own;
  return [ipv4, ipv6].flatMap((one) => (one === undefined ? [] : [{ address: one.address, names: dnsNames }]));
}
