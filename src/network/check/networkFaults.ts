import type { Endpoint } from "../containerNetwork.ts";
import type { NetworkRecord } from "../networkRecord.ts";
import { baseRules } from "../ruleset/baseRules.ts";
import { networkElements } from "../ruleset/networkRules.ts";
import type { NftObject } from "../ruleset/nftJson.ts";
import type { KernelInterface, KernelState } from "./kernelState.ts";

/** Something of a network that the kernel does not have as its record says. */
export interface NetworkFault {
  readonly kind: "bridge" | "rules" | "link";
  readonly sentence: string;
}

/** What is wrong with a bridge network whose bridge must be there, or is. Pure. */
export function findNetworkFaults(record: NetworkRecord, kernel: KernelState, inUse: boolean): readonly NetworkFault[] {
  const bridge = kernel.interfaces.get(record.hostInterface);
  if (bridge === undefined) {
    return inUse
      ? [{ kind: "bridge", sentence: `its bridge ${record.hostInterface} is not there, but containers run in it` }]
      : [];
  }
  return [...bridgeFaults(record, bridge), ...ruleFaults(record, kernel)];
}

function bridgeFaults({ hostInterface, subnets }: NetworkRecord, bridge: KernelInterface): readonly NetworkFault[] {
  const missing = subnets
    .flatMap(({ subnet, gateway }) => (gateway === undefined ? [] : [`${gateway}/${subnet.split("/")[1]}`]))
    .filter((address) => !bridge.addresses.has(address));
  return [
    ...(bridge.up ? [] : [{ kind: "bridge", sentence: `its bridge ${hostInterface} is down` } as const]),
    ...missing.map(
      (address) =>
        ({ kind: "bridge", sentence: `its bridge ${hostInterface} does not have the address ${address}` }) as const,
    ),
  ];
}

function ruleFaults(record: NetworkRecord, { ruleset }: KernelState): readonly NetworkFault[] {
  const expected = countRules(baseRules());
  const short = [...expected].filter(([chain, count]) => (ruleset.rules.get(chain) ?? 0) < count);
  const [chain] = short[0] ?? [];
  if (chain !== undefined)
    return [
      { kind: "rules", sentence: `rules of brig's table are missing (chain ${chain}): what they keep out comes in` },
    ];
  const absent = networkElements(record).filter(({ set, elem }) => {
    const present = ruleset.elements.get(set) ?? new Set();
    return elem.some((one) => !present.has(JSON.stringify(one)));
  });
  return absent.map(({ set }) => ({ kind: "rules", sentence: `it is not in the set ${set} of brig's table` }));
}

function countRules(commands: readonly NftObject[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const command of commands) {
    const rule = (command as { readonly add?: { readonly rule?: { readonly chain: string } } }).add?.rule; // of addRule()
    if (rule !== undefined) counts.set(rule.chain, (counts.get(rule.chain) ?? 0) + 1);
  }
  return counts;
}

/** What is wrong with the host's side of a running container's interface. Pure. */
export function findLinkFaults(
  endpoint: Endpoint,
  record: NetworkRecord,
  { interfaces }: KernelState,
): readonly NetworkFault[] {
  const { hostInterface } = endpoint;
  if (hostInterface === undefined) return [];
  const link = interfaces.get(hostInterface);
  if (link === undefined)
    return [{ kind: "link", sentence: `its interface in the network ${record.name} is not there` }];
  if (link.master === record.hostInterface && link.up) return [];
  return [
    { kind: "link", sentence: `its interface ${hostInterface} is not connected to the bridge ${record.hostInterface}` },
  ];
}
