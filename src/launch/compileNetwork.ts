import type { NetworkStep, NetworkSteps } from "../network/index.ts";
import type { LaunchRequest } from "./launchRequest.ts";
import type { FieldValue, LaunchPhase, LaunchStep } from "./plan.ts";

type Beside = "links" | "ports";

const texts: Readonly<Record<Beside, string>> = {
  links: "the tools make the interfaces while the root file system is built",
  ports: "and another tool publishes the ports",
};

/**
 * The steps that give the container's network namespace its interfaces, addresses and ports. What takes longest, programs of
 * the host, is done by processes beside the host phase; `compileNetworkReady` waits for them.
 */
export function compileNetworkStart({ network }: LaunchRequest): readonly LaunchStep[] {
  if (network === undefined || isEmpty(network)) return [];
  const open: LaunchStep = {
    id: "net.open",
    phase: "host",
    op: "network",
    fields: {},
    why: "interfaces are moved into the network namespace by its descriptor",
    doc: "network_namespaces(7)",
  };
  return [
    open,
    ...network.up.map((step) => compileNetworkStep("host", step)),
    ...besides(network).flatMap((steps): readonly LaunchStep[] => [
      { id: `net.${steps}.begin`, phase: "host", op: "beside", fields: { steps }, why: texts[steps], doc: "fork(2)" },
      ...network[steps].map((step) => compileNetworkStep(steps, step)),
    ]),
  ];
}

function isEmpty({ up, links, ports }: NetworkSteps): boolean {
  return up.length + links.length + ports.length === 0;
}

function besides(network: NetworkSteps): readonly Beside[] {
  return (["links", "ports"] as const).filter((steps) => network[steps].length > 0);
}

/** In the host phase: the child goes on once the network is whole, so the payload never runs without it. */
export function compileNetworkReady({ network }: LaunchRequest): readonly LaunchStep[] {
  if (network === undefined || isEmpty(network)) return [];
  return [
    ...besides(network).map(
      (steps): LaunchStep => ({
        id: `net.${steps}.await`,
        phase: "host",
        op: "gather",
        fields: { steps },
        why: "it must have gone well",
        doc: "waitid(2)",
      }),
    ),
    { id: "net.release", phase: "host", op: "release", fields: {}, why: "the child may go on: its network is whole" },
  ];
}

/** Kernel settings of the container's network namespace, once its interfaces are there. */
export function compileNetworkSettings({ network }: LaunchRequest): readonly LaunchStep[] {
  if (network === undefined || isEmpty(network)) return [];
  const why = "until the network is whole: it has been made beside all this";
  return [{ id: "net.await", phase: "child", op: "awaitHost", fields: {}, why }, ...settingSteps(network)];
}

function settingSteps({ settings }: NetworkSteps): readonly LaunchStep[] {
  return settings.map((step) => {
    const compiled = compileNetworkStep("child", step);
    // The container may have been disconnected since its monitor got this plan.
    return { ...compiled, op: "sysctl", fields: { ...compiled.fields, optional: 1 } };
  });
}

/** What is taken back outside of the container when it has ended. */
export function compileNetworkEnd({ network }: LaunchRequest): readonly LaunchStep[] {
  return (network?.end ?? []).map((step) => compileNetworkStep("end", step));
}

/** One step as the helper's operation. */
export function compileNetworkStep(phase: LaunchPhase, step: NetworkStep): LaunchStep {
  const { id, why, doc } = step;
  const texts = { why, ...(doc === undefined ? {} : { doc }) };
  if (step.kind === "setting") {
    return { id, phase, op: "setting", fields: { file: step.file, value: step.value }, ...texts };
  }
  const fields: Record<string, FieldValue> = {
    tool: step.program,
    argv: step.argv,
    ...(step.input === "" ? {} : { input: step.input }),
    ...(step.inside ? { inside: 1 } : {}),
    ...(step.answers === true ? { answers: 1 } : {}),
    ...(step.unless === undefined ? {} : { unless: step.unless }),
    ...(step.when === undefined ? {} : { when: step.when }),
  };
  return { id, phase, op: "tool", fields, ...texts };
}
