import { join } from "node:path";
import { unlessDamaged, withLock } from "../../base/index.ts";
import { executeNetwork } from "../../launch/index.ts";
import {
  changePublished,
  defaultNetworkName,
  findLinkFaults,
  findNetworkFaults,
  findStrayPorts,
  findTranslation,
  forgetRemoved,
  formatSocket,
  insideSettings,
  type KernelState,
  listDamagedNetworks,
  listHalfMade,
  listNetworkRecords,
  listRemoved,
  type NetworkFacts,
  type NetworkRecord,
  type NetworkStep,
  networksDirectory,
  planAttachment,
  planLinkRepair,
  planNetworkRepair,
  publishingEndpoint,
  readContainerNetwork,
  readKernelState,
  readRuleset,
  translatePorts,
  withdrawStrays,
} from "../../network/index.ts";
import type { CheckScene, Finding } from "../check/finding.ts";
import { readLiveState } from "../state/liveState.ts";
import { isUp } from "../state/startMark.ts";
import { finishRemoval } from "./finishRemovals.ts";
import { readNetworkFacts } from "./networkFacts.ts";
import { networkFailure } from "./networkFailure.ts";
import { type NetworkMember, networkMembers } from "./networkMembers.ts";
import { recordsOf } from "./networkRecords.ts";
import { removeDamagedNetwork, runningUsers } from "./removeDamaged.ts";

interface Looked {
  readonly scene: CheckScene;
  readonly facts: NetworkFacts;
  readonly kernel: KernelState;
  /** What `nft -j list ruleset` prints. */
  readonly ruleset: unknown;
}

/** Nothing is asked of the kernel where there are no networks. */
export async function findNetworkFindings(scene: CheckScene): Promise<readonly Finding[]> {
  const records = listNetworkRecords(scene.root).filter(({ driver }) => driver === "bridge");
  const removed = listRemoved(scene.root);
  const halfMade = [...halfMadeFindings(scene), ...damagedFindings(scene)];
  if (records.length === 0 && removed.length === 0) return halfMade;
  const facts = readNetworkFacts();
  const looked = { scene, facts, kernel: await readKernelState(facts), ruleset: await readRuleset(facts.tools.nft) };
  return [
    ...halfMade,
    ...records.flatMap((record) => recordFindings(record, looked)),
    ...strayFindings(records, looked),
    ...removed.map(({ path, record }) => ({
      object: record?.name ?? path,
      sentence: "the removal of the network was interrupted",
      repair: {
        does: "removes what is left of it",
        apply: () => finishRemoval({ path, ...(record === undefined ? {} : { record }) }, scene),
      },
    })),
  ];
}

/** Under the lock nobody is making one. */
function halfMadeFindings({ root }: CheckScene): readonly Finding[] {
  const forget = () =>
    withLock(join(networksDirectory(root), ".lock"), { mode: "exclusive" }, () => {
      for (const path of listHalfMade(root)) forgetRemoved(path);
    });
  return listHalfMade(root).map((object) => ({
    object,
    sentence: "the network was never whole",
    repair: { does: "removes the directory", apply: forget },
  }));
}

/** What its addresses, its name on the host and its options were is not known: only the default one is as it always is. */
function damagedFindings(scene: CheckScene): readonly Finding[] {
  return listDamagedNetworks(scene.root).map((object) => {
    const sentence = "the record of the network is damaged";
    const [user] = runningUsers(object, scene);
    if (user !== undefined) return { object, sentence, advice: `stop what runs in it first: ${user}` };
    if (object !== defaultNetworkName) {
      return { object, sentence, advice: `brig network rm --force ${object} removes it; then create it again` };
    }
    const apply = () => removeDamagedNetwork(object, scene);
    return { object, sentence, repair: { does: "removes it, and the next container makes it anew", apply } };
  });
}

/** Published ports that lead to an address whose container does not run. */
function strayFindings(records: readonly NetworkRecord[], looked: Looked): readonly Finding[] {
  const { scene, facts, ruleset } = looked;
  const up = records.flatMap((record) =>
    networkMembers(record, scene, "all").filter((member) => isUp(scene, member.record.id)),
  );
  const known: ReturnType<typeof translatePorts>[number][] = [];
  for (const { paths } of up) {
    const network = readContainerNetwork(paths.directory);
    const own = unlessDamaged(() => recordsOf(scene.root, network));
    if (own === undefined) return []; // which ports are its own is not known
    known.push(...translatePorts(network, own));
  }
  return findStrayPorts({ ruleset, records, known }).map((port) => ({
    object: `${formatSocket(port.hostIp, port.hostPort)}/${port.protocol}`,
    sentence: `the port leads to ${port.address}, and no running container publishes it`,
    repair: { does: "withdraws it", apply: () => apply(withdrawStrays([port], facts), looked) },
  }));
}

function recordFindings(record: NetworkRecord, looked: Looked): readonly Finding[] {
  const { scene, facts, kernel } = looked;
  const members = networkMembers(record, scene, "running");
  const faults = findNetworkFaults(record, kernel, members.length > 0);
  const mend = () => apply(planNetworkRepair(record, facts), looked);
  return [
    ...faults.map(({ sentence }) => ({
      object: record.name,
      sentence,
      repair: { does: "brings the network up again", apply: mend },
    })),
    ...members.flatMap((member) => [
      ...memberFindings(member, record, looked),
      ...portFindings(member, record, looked),
    ]),
  ];
}

function memberFindings(member: NetworkMember, record: NetworkRecord, looked: Looked): readonly Finding[] {
  const { endpoint } = member;
  return findLinkFaults(endpoint, record, looked.kernel).map(({ sentence }) => ({
    object: member.record.name,
    sentence,
    repair: { does: "connects the container again", apply: () => mendLink(member, record, looked) },
  }));
}

/** Published ports that the kernel does not know, of the containers that are reached through this network. */
function portFindings({ record, paths }: NetworkMember, { name }: NetworkRecord, looked: Looked): readonly Finding[] {
  const { scene, facts, ruleset } = looked;
  const network = readContainerNetwork(paths.directory);
  if (network.ports.length === 0) return [];
  const records = unlessDamaged(() => recordsOf(scene.root, network));
  if (records === undefined || publishingEndpoint(network, records)?.network !== name) return [];
  const lost = translatePorts(network, records).filter((port) => {
    const found = findTranslation(ruleset, port);
    return found?.address !== port.address || found.port !== port.containerPort;
  });
  const [first] = lost;
  if (first === undefined) return [];
  const more = lost.length === 1 ? "" : ` and ${lost.length - 1} more`;
  const publish = () =>
    apply(
      [
        ...records.flatMap((one) => planNetworkRepair(one, facts)),
        ...changePublished({ before: { ...network, ports: [] }, after: network, records, facts }),
      ],
      looked,
    );
  return [
    {
      object: record.name,
      sentence: `its published port ${formatSocket(first.hostIp, first.hostPort)}/${first.protocol}${more} leads nowhere`,
      repair: { does: "publishes them again", apply: publish },
    },
  ];
}

/** The host's side goes with the container's: where one is missing, both are made again. */
async function mendLink(member: NetworkMember, record: NetworkRecord, looked: Looked): Promise<void> {
  const { scene, facts, kernel } = looked;
  const { endpoint, paths } = member;
  const up = planNetworkRepair(record, facts);
  if (kernel.interfaces.has(endpoint.hostInterface ?? "")) {
    return apply([...up, ...planLinkRepair(endpoint, record, facts)], looked);
  }
  const state = readLiveState({ ...scene, id: member.record.id });
  if (state.status !== "running" && state.status !== "paused") return;
  const network = readContainerNetwork(paths.directory);
  const present = network.endpoints.filter((one) => one.network !== endpoint.network);
  const attachment = { network: { endpoints: [endpoint] }, present, records: recordsOf(scene.root, network), facts };
  const target = { pid: state.process.pid, startTime: Number(state.process.startTime) };
  const steps = [...up, ...planAttachment(attachment)];
  const failed = await executeNetwork({
    helperPath: scene.helperPath,
    target,
    steps,
    settings: insideSettings(attachment),
  });
  if (failed !== undefined) throw networkFailure(`connect ${member.record.name}`, failed);
}

async function apply(steps: readonly NetworkStep[], { scene }: Looked): Promise<void> {
  const failed = await executeNetwork({ helperPath: scene.helperPath, steps });
  if (failed !== undefined) throw networkFailure("repair the network", failed);
}
