import { compileChild } from "./compileChild.ts";
import { compileHost } from "./compileHost.ts";
import { compileInit } from "./compileInit.ts";
import type { LaunchRequest } from "./launchRequest.ts";
import type { LaunchPlan } from "./plan.ts";

/**
 * Turns a request into the exact list of operations that the helper executes. Pure: the same request gives the same
 * plan, and nothing outside it decides what happens.
 */
export function compilePlan(request: LaunchRequest): LaunchPlan {
  return {
    version: 1,
    steps: [...compileHost(request), ...compileChild(request), ...compileInit(request)],
    notices: request.notices,
  };
}
