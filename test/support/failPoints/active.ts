import { appendFileSync } from "node:fs";
import { constants } from "node:os";
import { fileSystemError } from "../../../src/base/errors.ts";

/*
 * What stands in the place of src/base/failPoint.ts in the build for test/failures. `BRIG_FAIL` says what happens where:
 *
 *   pull.locked=kill          SIGKILL, at the first pass
 *   pull.locked=stop          SIGSTOP
 *   pull.locked=delay:200     200 ms pass
 *   pull.locked=err:ENOSPC    an EngineError, as a call that fails with this errno makes it
 *
 * The name of each point at which something happened is a line of the file `BRIG_FAIL_TRACE`.
 */

const actions = new Map((process.env.BRIG_FAIL ?? "").split(",").map(splitAction));

function splitAction(text: string): [string, string] {
  const at = text.indexOf("=");
  return [text.slice(0, at), text.slice(at + 1)];
}

/** See src/base/failPoint.ts. */
export function failPoint(name: string): void {
  const [action = "", argument = ""] = (actions.get(name) ?? "").split(":");
  if (action === "") return;
  appendFileSync(process.env.BRIG_FAIL_TRACE ?? "/dev/null", `${name}\n`);
  switch (action) {
    case "kill":
      return void process.kill(process.pid, "SIGKILL");
    case "stop":
      return void process.kill(process.pid, "SIGSTOP");
    case "delay":
      return void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, Number(argument));
    case "err":
      throw fileSystemError(errorOf(argument), "pass the fail point", name);
    default:
      throw new Error(`BRIG_FAIL asks for "${action}" at ${name}`);
  }
}

/** As Node makes it of a call that failed. */
function errorOf(code: string): Error {
  const errno = Object.entries(constants.errno).find(([name]) => name === code)?.[1];
  if (errno === undefined) throw new Error(`BRIG_FAIL names the unknown errno "${code}"`);
  return Object.assign(new Error(`${code}: a fail point`), { code, errno: -errno, syscall: "failPoint" });
}
