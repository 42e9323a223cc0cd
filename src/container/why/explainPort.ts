import { loadMessages, type Messages } from "../../messages/index.ts";
import {
  findHolder,
  findSocket,
  findTranslation,
  formatSocket,
  lookForTool,
  type PublishedPort,
  publishingEndpoint,
  readContainerNetwork,
  readHostSockets,
  readRuleset,
} from "../../network/index.ts";
import { recordsOf } from "../networks/networkRecords.ts";
import { publishedPorts } from "../ports/publishedPorts.ts";
import { listContainerIds } from "../state/containerIds.ts";
import { containerPaths } from "../state/containerPaths.ts";
import { type ContainerRecord, readContainerRecord } from "../state/containerRecord.ts";
import { readLiveState, type StatePlaces } from "../state/liveState.ts";
import type { AskedIn, WhyMessages } from "./explanation.ts";
import { packetPath } from "./packetPath.ts";
import { portObstacles } from "./portObstacles.ts";

export interface PortQuestion {
  readonly port: number;
  readonly protocol: PublishedPort["protocol"];
}

/** What is known about a port of the host, in sentences. */
export interface PortExplanation extends PortQuestion {
  readonly why: string;
  /** The path of a packet and what there is to say about it. */
  readonly more: readonly string[];
  readonly hint?: string;
}

interface KnownPublication {
  readonly record: ContainerRecord;
  readonly published: PublishedPort;
  /** The container's first process; undefined when it does not run, and published the port when it did. */
  readonly pid: number | undefined;
}

interface Publication extends KnownPublication {
  readonly pid: number;
}

/** Says who answers at a port of the host, how a packet gets there, and where its way ends. */
export async function explainPort(
  question: PortQuestion,
  places: StatePlaces & AskedIn,
): Promise<readonly PortExplanation[]> {
  const words = (await loadMessages("why", places.language)).port;
  const all = findPublications(question, places);
  const found = all.flatMap(({ record, published, pid }) =>
    pid === undefined || published.protocol !== question.protocol ? [] : [{ record, published, pid }],
  );
  if (found.length === 0) return [explainProcess(question, all, words)];
  const nft = lookForTool("nft");
  const ruleset = nft === undefined ? undefined : await readRuleset(nft);
  const { forwarding } = await loadMessages("doctor", places.language);
  return found.map((publication) => explainPublication(publication, { question, places, ruleset, words, forwarding }));
}

/** With any protocol. */
function findPublications({ port }: PortQuestion, places: StatePlaces): readonly KnownPublication[] {
  return listContainerIds(places.root).flatMap((id) => {
    const paths = containerPaths(places.root, id);
    const record = readContainerRecord(paths.record);
    const state = readLiveState({ ...places, id });
    if (record === undefined) return [];
    const pid = state.status === "running" || state.status === "paused" ? state.process.pid : undefined;
    return publishedPorts(record, paths)
      .filter((published) => published.hostPort === port)
      .map((published) => ({ record, published, pid }));
  });
}

/** No container that runs has it. */
function explainProcess(
  question: PortQuestion,
  known: readonly KnownPublication[],
  words: PortMessages,
): PortExplanation {
  const { port, protocol } = question;
  const socket = readHostSockets(protocol).find((one) => one.port === port);
  if (socket === undefined) {
    return {
      ...question,
      why: words.unused,
      more: known.map((publication) => describeKnown(publication, words)),
      hint: hintFor(question, known, words),
    };
  }
  const holder = findHolder(socket.inode);
  const at = formatSocket(socket.address, port);
  const why =
    holder === undefined
      ? words.held({ socket: at })
      : words.heldBy({ pid: holder.pid, program: holder.name, socket: at });
  return { ...question, why, more: [] };
}

function describeKnown({ record, published, pid }: KnownPublication, words: PortMessages): string {
  const { hostIp, hostPort, protocol } = published;
  const named = { container: record.name, socket: `${formatSocket(hostIp, hostPort)}/${protocol}` };
  return pid === undefined ? words.stopped(named) : words.publishes(named);
}

function hintFor({ port, protocol }: PortQuestion, known: readonly KnownPublication[], words: PortMessages): string {
  const stopped = known.find(({ pid, published }) => pid === undefined && published.protocol === protocol);
  if (stopped !== undefined) return words.start({ container: stopped.record.name });
  const suffix = protocol === "tcp" ? "" : `/${protocol}`;
  return words.publish({ words: `${port}:PORT_OF_THE_CONTAINER${suffix}` });
}

type PortMessages = WhyMessages["port"];

interface Surroundings {
  readonly question: PortQuestion;
  readonly places: StatePlaces;
  readonly ruleset: unknown;
  readonly words: PortMessages;
  readonly forwarding: Messages["doctor"]["forwarding"];
}

function explainPublication(
  { record, published, pid }: Publication,
  { question, places, ruleset, words, forwarding }: Surroundings,
): PortExplanation {
  const { hostIp, hostPort, containerPort, protocol } = published;
  const way = {
    socket: formatSocket(hostIp, hostPort),
    inside: `${containerPort}/${protocol}`,
    container: record.name,
  };
  const translation = findTranslation(ruleset, published);
  if (translation === undefined) {
    return { ...question, why: words.leadsNowhere(way), more: [], hint: words.repair };
  }
  const network = readContainerNetwork(containerPaths(places.root, record.id).directory);
  const records = recordsOf(places.root, network);
  const endpoint = publishingEndpoint(network, records);
  const bridge = records.find(({ name }) => name === endpoint?.network)?.hostInterface ?? "";
  const { hostInterface = "", interfaceName = "" } = endpoint ?? {};
  return {
    ...question,
    why: words.leads(way),
    more: [
      ...packetPath(published, translation, { bridge, hostInterface, interfaceName, words: words.path }),
      ...portObstacles(published, { ruleset, bridge, forwarding, bridgeFilterWords: words.bridgeFilter }),
    ],
    ...explainListener(published, { pid, address: translation.address, words }),
  };
}

/** The last station: the program in the container. */
function explainListener(
  { containerPort, protocol }: PublishedPort,
  { pid, address, words }: { readonly pid: number; readonly address: string; readonly words: PortMessages },
): { readonly hint?: string } {
  if (protocol === "sctp") return {};
  const sockets = readHostSockets(protocol, { pid });
  if (findSocket(sockets, { hostIp: address, port: containerPort }) !== undefined) return {};
  const elsewhere = sockets.find(({ port }) => port === containerPort);
  if (elsewhere === undefined) return { hint: words.deaf({ inside: `${containerPort}/${protocol}` }) };
  const wanted = formatSocket(address.includes(":") ? "::" : "0.0.0.0", containerPort);
  return { hint: words.elsewhere({ socket: formatSocket(elsewhere.address, containerPort), wanted }) };
}
