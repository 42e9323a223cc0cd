import { createConnection } from "node:net";
import { join } from "node:path";
import { errnoOf } from "../../base/index.ts";
import { encodeRecord } from "../../launch/index.ts";
import { runDirectory } from "../state/liveState.ts";

export interface MonitorMessage {
  readonly op: "signal" | "stop" | "resize";
  readonly fields: Readonly<Record<string, number>>;
}

/**
 * Sends one record to the monitor of a container. Returns whether a monitor was there to take it.
 *
 * @throws Error for a socket that fails in any other way than having no one behind it.
 */
export function tellMonitor(runRoot: string, id: string, message: MonitorMessage): Promise<boolean> {
  const body = encodeRecord(message.op, message.fields);
  const header = Buffer.alloc(8);
  header[0] = 3; // a frame that carries a record (native/clients.c)
  header.writeUInt32BE(body.length, 4);
  return new Promise((resolve, reject) => {
    const socket = createConnection(join(runDirectory(runRoot, id), "monitor.sock"));
    socket.once("connect", () => socket.end(Buffer.concat([header, body])));
    socket.once("close", (failed) => failed || resolve(true));
    socket.once("error", (error) => {
      const errno = errnoOf(error);
      // EPIPE, ECONNRESET: it ended while we spoke, and what was asked of it does not matter any more.
      if (["ENOENT", "ECONNREFUSED", "EPIPE", "ECONNRESET"].includes(errno ?? "")) resolve(false);
      else reject(error);
    });
    socket.resume(); // what it has to say is not for us, and unread data would keep the socket open
  });
}
