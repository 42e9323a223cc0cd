import { constants, fstatSync, openSync } from "node:fs";
import { errnoOf } from "../base/index.ts";

/** Writes all of the bytes, waiting for the reader without keeping the process from anything else; false: it is gone. */
export type Pour = (bytes: Uint8Array) => Promise<boolean>;

/**
 * Opens a pipe or socket for writing without blocking; undefined for what never keeps a writer waiting for long, files
 * and terminals. A pipe is opened anew, since O_NONBLOCK on a description that others share would surprise them.
 */
export async function openPour(fd: number): Promise<Pour | undefined> {
  const stat = fstatSync(fd);
  if (!stat.isFIFO() && !stat.isSocket()) return undefined;
  const own = stat.isFIFO() ? reopen(fd) : fd;
  if (own === undefined) return async () => false;
  const { Socket } = await import("node:net"); // most commands write little and never come here
  const socket = new Socket({ fd: own, readable: false, writable: true });
  socket.on("error", () => undefined); // each write tells its own
  return (bytes) =>
    new Promise((resolve, reject) => {
      socket.write(bytes, (error) => {
        if (error === null || error === undefined) resolve(true);
        else if (readerIsGone.has(errnoOf(error) ?? "") || socket.destroyed) resolve(false);
        else reject(error);
      });
    });
}

const readerIsGone: ReadonlySet<string> = new Set(["EPIPE", "ECONNRESET", "ENXIO"]);

function reopen(fd: number): number | undefined {
  try {
    return openSync(`/proc/self/fd/${fd}`, constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
  } catch (error) {
    if (errnoOf(error) === "ENXIO") return undefined; // nobody has the other end open
    throw error;
  }
}
