import type { NetworkStep } from "../network/index.ts";
import type { LaunchRequest } from "./launchRequest.ts";
import type { FieldValue, LaunchPhase, LaunchStep } from "./plan.ts";

/** The steps that give the container's network namespace its interfaces, addresses and ports. */
export function compileNetworkStart({ network }: LaunchRequest): readonly LaunchStep[] {
  if (network === undefined || network.start.length === 0) return [];
  const open: LaunchStep = {
    id: "net.open",
    phase: "host",
    op: "network",
    fields: {},
    why: "interfaces are moved into the network namespace by its descriptor",
    doc: "network_namespaces(7)",
  };
  return [open, ...network.start.map((step) => compileNetworkStep("host", step))];
}

/** Kernel settings of the container's network namespace, once its interfaces are there. */
export function compileNetworkSettings({ network }: LaunchRequest): readonly LaunchStep[] {
  return (network?.settings ?? []).map((step) => {
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
    ...(step.unless === undefined ? {} : { unless: step.unless }),
    ...(step.when === undefined ? {} : { when: step.when }),
  };
  return { id, phase, op: "tool", fields, ...texts };
}
