import type { SpecMount } from "../oci/index.ts";
import type { NamedBind } from "./bindSources.ts";
import { targetFields } from "./cloneFlags.ts";
import type { LaunchRequest, NamespaceTarget } from "./launchRequest.ts";
import type { LaunchStep } from "./plan.ts";

/** The other container whose mount a bind shows, when its source lies in the root of a process that is joined. */
export function lenderOf({ source }: SpecMount, { joins }: Pick<LaunchRequest, "joins">): NamespaceTarget | undefined {
  return joins.find(({ pid }) => source.startsWith(`/proc/${pid}/root/`));
}

/** Before the mounts are private: the helper must come back to where it was. */
export function borrowSteps({ tree, mount, lender }: NamedBind & { readonly lender: NamespaceTarget }): LaunchStep[] {
  const name = `${tree}.lender`;
  return [
    {
      id: "join.lender",
      phase: "host",
      op: "target",
      fields: { as: name, ...targetFields(lender) },
      why: "the process whose mount is shared, and not another one with its number",
      doc: "pidfd_open(2)",
    },
    {
      id: `${tree}.borrow`,
      phase: "host",
      op: "borrowTree",
      fields: { as: tree, target: name, path: mount.source.slice(`/proc/${lender.pid}/root`.length) },
      why: `${mount.destination} is the other container's`,
      doc: "setns(2)",
    },
  ];
}
