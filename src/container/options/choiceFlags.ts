import { EngineError } from "../../base/index.ts";
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
 * Parses `--network`: `none` and `host` exist.
 *
 * @throws EngineError `notOffered` for every other network, since no container would be reachable through it.
 */
export function parseNetwork(text: string): "none" | "host" | "default" {
  if (text === "none" || text === "host" || text === "default") return text;
  throw new EngineError(
    "notOffered",
    `cannot connect to the network ${printable(text)}: brig has no such networks yet`,
    {
      hint: "use --network none (a loopback of its own) or --network host (the host's network)",
    },
  );
}
