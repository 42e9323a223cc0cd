import { closeSync } from "node:fs";
import { createConnection, type Socket } from "node:net";
import { errnoOf, openIfExists } from "../../base/index.ts";
import { runDirectory } from "./liveState.ts";

/**
 * Connects to the monitor of a container; undefined when there is none. The way leads through procfs, because the path
 * of a deep run-time root may be longer than the address of a socket can be (unix(7)). The caller destroys the socket.
 */
export function dialMonitor(runRoot: string, id: string): Promise<Socket | undefined> {
  const directory = openIfExists(runDirectory(runRoot, id));
  if (directory === undefined) return Promise.resolve(undefined);
  return new Promise((resolve, reject) => {
    const socket = createConnection(`/proc/self/fd/${directory}/monitor.sock`);
    const fail = (error: Error): void => {
      closeSync(directory);
      if (["ENOENT", "ECONNREFUSED"].includes(errnoOf(error) ?? "")) resolve(undefined);
      else reject(error);
    };
    socket.once("error", fail);
    socket.once("connect", () => {
      closeSync(directory);
      socket.off("error", fail);
      resolve(socket);
    });
  });
}
