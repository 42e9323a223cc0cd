import { EngineError } from "../../base/index.ts";
import type { RestartPolicy, StreamName } from "../runOptions.ts";
import { printable } from "./singleLine.ts";

/**
 * Parses `--pull`.
 *
 * @throws EngineError `invalidValue` with Docker's sentence.
 */
export function parsePullPolicy(text: string): "always" | "missing" | "never" {
  if (text === "always" || text === "missing" || text === "never") return text;
  throw new EngineError(
    "invalidValue",
    `invalid pull option: '${printable(text).slice(1, -1)}': must be one of "always", "missing" or "never"`,
  );
}

/**
 * Parses `--attach`, in any case of letters.
 *
 * @throws EngineError `invalidValue` with Docker's sentence.
 */
export function parseAttach(text: string): StreamName {
  const name = text.toLowerCase();
  if (name === "stdin" || name === "stdout" || name === "stderr") return name;
  throw new EngineError("invalidValue", "valid streams are STDIN, STDOUT and STDERR");
}

const restartPolicies = ["no", "always", "unless-stopped", "on-failure"] as const;

/**
 * `--restart no|always|unless-stopped|on-failure[:N]`.
 *
 * @throws EngineError `invalidValue` with Docker's sentences.
 */
export function parseRestartPolicy(text: string): RestartPolicy {
  const [name = "", count, ...rest] = text.slice(0, 64).split(":");
  const policy = name === "" ? "no" : restartPolicies.find((known) => known === name);
  if (policy === undefined || rest.length > 0) {
    throw new EngineError("invalidValue", `invalid restart policy: unknown policy '${text.slice(0, 64)}'`, {
      hint: "use one of: no, always, on-failure[:N], unless-stopped",
    });
  }
  if (count !== undefined && (policy !== "on-failure" || !/^\d{1,9}$/.test(count))) {
    const reason =
      policy === "on-failure"
        ? "maximum retry count must be an integer"
        : "maximum retry count can only be used with 'on-failure'";
    throw new EngineError("invalidValue", `invalid restart policy: ${reason}`, {
      hint: "write on-failure:3, for example",
    });
  }
  return { policy, retries: Number(count ?? 0) };
}
