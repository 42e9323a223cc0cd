import { compileChild } from "./compileChild.ts";
import { compileHost } from "./compileHost.ts";
import { compileInit } from "./compileInit.ts";
import { compileNetworkEnd } from "./compileNetwork.ts";
import { compileProbe } from "./compileProbe.ts";
import type { LaunchRequest } from "./launchRequest.ts";
import { payloadOwner } from "./payloadOwner.ts";
import type { LaunchPlan, LaunchStep } from "./plan.ts";

/**
 * Turns a request into the exact list of operations that the helper executes. Pure: the same request gives the same
 * plan, and nothing outside it decides what happens.
 */
export function compilePlan(request: LaunchRequest): LaunchPlan {
  return {
    version: 1,
    steps: [
      monitorStep(request),
      ...compileHost(request),
      ...compileChild(request),
      ...compileInit(request),
      ...compileNetworkEnd(request),
      ...compileProbe(request),
    ],
    notices: request.notices,
  };
}

/** How the process that stays with the container treats its streams. */
function monitorStep({ spec, stdin, input, foreground, monitor }: LaunchRequest): LaunchStep {
  const kept = input === "kept" ? { "keep-input": 1 } : {};
  const callers = stdin && input !== "none" ? { input: 1, ...kept } : {};
  return {
    id: "monitor",
    phase: "monitor",
    op: "monitor",
    fields: {
      ...monitor,
      owner: payloadOwner(spec),
      ...(stdin ? { stdin: 1 } : {}),
      ...(foreground ? { foreground: 1, ...callers } : {}),
    },
    why: "one process stays outside: it moves the streams, hands on signals and collects the end",
  };
}
