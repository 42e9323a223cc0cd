import { EngineError } from "../../base/index.ts";
import type { NetworkSteps } from "../networkSteps.ts";
import type { NetworkPlanRequest } from "../planNetwork.ts";

/** What makes the published ports of one container reachable, and what takes that back. Pure. */
export function planPorts({ network }: NetworkPlanRequest): NetworkSteps {
  if (network.ports.length === 0) return { start: [], settings: [], end: [] };
  throw new EngineError("notOffered", "cannot publish ports: there is no way to yet");
}
