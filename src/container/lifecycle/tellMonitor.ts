import { errnoOf } from "../../base/index.ts";
import { encodeRecord } from "../../launch/index.ts";
import { isRefusal } from "../attach/frames.ts";
import { dialMonitor } from "../state/dialMonitor.ts";

export interface MonitorMessage {
  readonly op: "signal" | "stop" | "resize" | "policy";
  readonly fields: Readonly<Record<string, string | number>>;
}

/**
 * Sends one record to the monitor of a container. Returns whether a monitor was there to take it: one that has as many
 * connections as it can have says so instead.
 *
 * @throws Error for a socket that fails in any other way than having no one behind it.
 */
export async function tellMonitor(runRoot: string, id: string, message: MonitorMessage): Promise<boolean> {
  const body = encodeRecord(message.op, message.fields);
  const header = Buffer.alloc(8);
  header[0] = 3; // a frame that carries a record (native/clients.c)
  header.writeUInt32BE(body.length, 4);
  const socket = await dialMonitor(runRoot, id);
  if (socket === undefined) return false;
  let taken = true;
  return new Promise((resolve, reject) => {
    socket.once("close", (failed) => failed || resolve(taken));
    socket.once("error", (error) => {
      // It ended while we spoke, and what was asked of it does not matter any more.
      if (["EPIPE", "ECONNRESET"].includes(errnoOf(error) ?? "")) resolve(false);
      else reject(error);
    });
    socket.on("data", (bytes: Buffer) => {
      taken = !isRefusal(bytes);
    });
    socket.end(Buffer.concat([header, body]));
  });
}
