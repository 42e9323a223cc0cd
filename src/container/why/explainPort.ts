import { type Language, loadMessages, type Messages } from "../../messages/index.ts";
import {
  describePath,
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
  places: StatePlaces & { readonly language: Language },
): Promise<readonly PortExplanation[]> {
  const all = findPublications(question, places);
  const found = all.flatMap(({ record, published, pid }) =>
    pid === undefined || published.protocol !== question.protocol ? [] : [{ record, published, pid }],
  );
  if (found.length === 0) return [explainProcess(question, all)];
  const nft = lookForTool("nft");
  const ruleset = nft === undefined ? undefined : await readRuleset(nft);
  const words = (await loadMessages("doctor", places.language)).forwarding;
  return found.map((publication) => explainPublication(publication, { question, places, ruleset, words }));
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
function explainProcess(question: PortQuestion, known: readonly KnownPublication[]): PortExplanation {
  const { port, protocol } = question;
  const socket = readHostSockets(protocol).find((one) => one.port === port);
  if (socket === undefined) {
    return {
      ...question,
      why: "no container publishes it and nothing on this host listens at it",
      more: known.map(describeKnown),
      hint: hintFor(question, known),
    };
  }
  const holder = findHolder(socket.inode);
  const who = holder === undefined ? "a process" : `the process ${holder.pid} (${holder.name})`;
  return {
    ...question,
    why: `${who} of this host listens at ${formatSocket(socket.address, port)}; no container publishes it`,
    more: [],
  };
}

function describeKnown({ record, published: { hostIp, hostPort, protocol }, pid }: KnownPublication): string {
  const where = `${formatSocket(hostIp, hostPort)}/${protocol}`;
  return pid === undefined
    ? `the container "${record.name}", which does not run, published ${where}`
    : `the container "${record.name}" publishes ${where}`;
}

function hintFor({ port, protocol }: PortQuestion, known: readonly KnownPublication[]): string {
  const stopped = known.find(({ pid, published }) => pid === undefined && published.protocol === protocol);
  if (stopped !== undefined) return `start it: brig start ${stopped.record.name}`;
  const suffix = protocol === "tcp" ? "" : `/${protocol}`;
  return `publish it: brig run -p ${port}:PORT_OF_THE_CONTAINER${suffix}, or brig update --publish-add`;
}

interface Surroundings {
  readonly question: PortQuestion;
  readonly places: StatePlaces;
  readonly ruleset: unknown;
  readonly words: Messages["doctor"]["forwarding"];
}

function explainPublication(
  { record, published, pid }: Publication,
  { question, places, ruleset, words }: Surroundings,
): PortExplanation {
  const { hostIp, hostPort, containerPort, protocol } = published;
  const why = `${formatSocket(hostIp, hostPort)} leads to port ${containerPort}/${protocol} of the container "${record.name}"`;
  const translation = findTranslation(ruleset, published);
  if (translation === undefined) {
    return {
      ...question,
      why: `${why}, but the kernel has no rule for it`,
      more: [],
      hint: "put it back with: brig network check --repair",
    };
  }
  const network = readContainerNetwork(containerPaths(places.root, record.id).directory);
  const records = recordsOf(places.root, network);
  const endpoint = publishingEndpoint(network, records);
  const bridge = records.find(({ name }) => name === endpoint?.network)?.hostInterface ?? "";
  const { hostInterface = "", interfaceName = "" } = endpoint ?? {};
  return {
    ...question,
    why,
    more: [
      ...describePath(published, translation, { bridge, hostInterface, interfaceName }),
      ...portObstacles(published, { ruleset, bridge, words }),
    ],
    ...explainListener(published, { pid, address: translation.address }),
  };
}

/** The last station: the program in the container. */
function explainListener(
  { containerPort, protocol }: PublishedPort,
  { pid, address }: { readonly pid: number; readonly address: string },
): { readonly hint?: string } {
  if (protocol === "sctp") return {};
  const sockets = readHostSockets(protocol, { pid });
  if (findSocket(sockets, { hostIp: address, port: containerPort }) !== undefined) return {};
  const elsewhere = sockets.find(({ port }) => port === containerPort);
  if (elsewhere === undefined) return { hint: `nothing in the container listens at port ${containerPort}/${protocol}` };
  return {
    hint: `the container's program listens at ${formatSocket(elsewhere.address, containerPort)} only: let it listen at ${formatSocket(address.includes(":") ? "::" : "0.0.0.0", containerPort)}`,
  };
}
