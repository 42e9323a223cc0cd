import { joinsUser, joinTargets, namespaceFlags } from "./cloneFlags.ts";
import { joinUntraced } from "./compileExec.ts";
import type { LaunchRequest } from "./launchRequest.ts";
import { type LaunchStep, stepsOf } from "./plan.ts";

const hostStep = stepsOf("host");
const childStep = stepsOf("child");

/**
 * A pid namespace is joined by whoever makes the process that is born in it: the host phase the child, or the child, which
 * joins a user namespace as well, its heir. Every other kind is joined by the child itself.
 */
export function joinBeforeClone(request: LaunchRequest): LaunchStep[] {
  const targets = joinTargets(request.joins);
  if (targets.length === 0) return [];
  const steps = targets.flatMap(({ name, fields, kinds }) => {
    const userns = kinds.includes("user") ? { userns: 1 } : {};
    const target = hostStep(
      "join.target",
      "target",
      { as: name, ...fields, ...userns },
      { why: "the process whose namespaces are shared, and not another one with its number", doc: "pidfd_open(2)" },
    );
    if (!kinds.includes("pid") || joinsUser(request)) return [target];
    return [
      target,
      hostStep(
        "join.pid",
        "join",
        { target: name, flag: namespaceFlags(["pid"]) },
        { why: "the child is born in the other container's pid namespace", doc: "setns(2)" },
      ),
    ];
  });
  return [joinUntraced, ...steps];
}

/** The user namespace comes first: what is joined after it is joined with no more power than its root has. */
export function joinAsChild(request: LaunchRequest): LaunchStep[] {
  const heir = joinsUser(request);
  const targets = joinTargets(request.joins).toSorted(
    (one, other) => Number(other.kinds.includes("user")) - Number(one.kinds.includes("user")),
  );
  return targets.flatMap(({ name, kinds }) => {
    const rest = kinds.filter((kind) => heir || kind !== "pid");
    if (rest.length === 0) return [];
    const fields = { target: name, flag: namespaceFlags(rest) };
    return [childStep("join.namespaces", "join", fields, { why: "shared with another container", doc: "setns(2)" })];
  });
}
