import { EngineError } from "../../base/index.ts";
import type { LaunchPlan } from "../../launch/index.ts";
import type { RuntimeSpec } from "../../oci/index.ts";

export interface ComparableRun {
  readonly bundleSpec: RuntimeSpec;
  readonly plan: LaunchPlan;
}

interface Obstacle {
  readonly stands: (run: ComparableRun) => boolean;
  readonly reason: string;
  readonly hint: string;
}

const obstacles: readonly Obstacle[] = [
  {
    stands: ({ bundleSpec }) => bundleSpec.linux.namespaces.some(({ type }) => type === "user"),
    reason: "it has a user namespace of its own, for which brig maps the ids of the image's layers",
    hint: 'add "--userns host"',
  },
  {
    stands: ({ plan }) => plan.steps.some(({ phase }) => phase === "links" || phase === "ports"),
    reason: "its network is made beside the OCI specification",
    hint: 'add "--network none" or "--network host"',
  },
  {
    stands: ({ bundleSpec }) => bundleSpec.linux.namespaces.some(({ path }) => path !== undefined),
    reason: "it joins a namespace that is there already",
    hint: "leave out the flags that name another container",
  },
  {
    stands: ({ bundleSpec }) => bundleSpec.process.terminal,
    reason: "it asks for a terminal, and no one would sit at it",
    hint: 'leave out "--tty"',
  },
];

/**
 * Makes sure that a bundle says all that makes its container: what brig does beside the specification, and what other
 * runtimes cannot do, would be no difference between two ways to do the same. Returns what it was given. Pure.
 *
 * @throws EngineError `notOffered` with the first reason, and what helps against each.
 */
export function requireComparable<Run extends ComparableRun>(run: Run): Run {
  const standing = obstacles.filter(({ stands }) => stands(run));
  const [first] = standing;
  if (first === undefined) return run;
  throw new EngineError("notOffered", `cannot compare the container with runc: ${first.reason}`, {
    hint: standing.map(({ hint }) => hint).join("; "),
  });
}
