import { statSync } from "node:fs";
import { EngineError } from "../../base/index.ts";
import { journalSocket } from "./planJournald.ts";

/**
 * Makes sure that somebody may take what a container writes, before anything is made or started.
 *
 * @throws EngineError `notOffered` when nothing is at the path, or no socket.
 */
export function requireLogSocket(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isSocket() === true) return;
  const reason =
    path === journalSocket ? "journald is not enabled on this host" : `there is no syslog socket at "${path}"`;
  throw new EngineError("notOffered", `failed to initialize logging driver: ${reason}`, {
    hint: `start the server that listens at "${path}", or leave --log-driver out`,
  });
}
