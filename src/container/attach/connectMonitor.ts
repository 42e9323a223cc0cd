import { closeSync, openSync } from "node:fs";
import { createConnection, type Socket } from "node:net";
import { EngineError, errnoOf } from "../../base/index.ts";
import { runDirectory } from "../state/liveState.ts";

/**
 * Connects to the monitor of a container. The way leads through procfs, because the path of a deep run-time root may be
 * longer than the address of a socket can be (unix(7)). The caller destroys the socket.
 *
 * @throws EngineError `wrongState` when there is no monitor.
 */
export function connectMonitor(runRoot: string, id: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    let directory = -1;
    const fail = (error: unknown): void => {
      if (directory >= 0) closeSync(directory);
      const isGone = ["ENOENT", "ECONNREFUSED"].includes(errnoOf(error) ?? "");
      reject(isGone ? monitorIsGone(id, error) : error);
    };
    try {
      directory = openSync(runDirectory(runRoot, id), "r");
    } catch (error) {
      fail(error);
      return;
    }
    const socket = createConnection(`/proc/self/fd/${directory}/monitor.sock`);
    socket.once("error", fail);
    socket.once("connect", () => {
      closeSync(directory);
      socket.off("error", fail);
      resolve(socket);
    });
  });
}

function monitorIsGone(id: string, cause: unknown): EngineError {
  return new EngineError("wrongState", `cannot attach to the container ${id}: its monitor is gone`, {
    cause,
    hint: "the container goes on without it; brig restart gives it a new one",
  });
}
