import type { Socket } from "node:net";
import { EngineError } from "../../base/index.ts";
import { dialMonitor } from "../state/dialMonitor.ts";

/**
 * Connects to the monitor of a container. The caller destroys the socket.
 *
 * @throws EngineError `wrongState` when there is no monitor.
 */
export async function connectMonitor(runRoot: string, id: string): Promise<Socket> {
  const socket = await dialMonitor(runRoot, id);
  if (socket !== undefined) return socket;
  throw new EngineError("wrongState", `cannot attach to the container ${id}: its monitor is gone`, {
    hint: "the container goes on without it; brig restart gives it a new one",
  });
}
