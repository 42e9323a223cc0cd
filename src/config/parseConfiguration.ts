import { EngineError } from "../base/index.ts";
import { assemble } from "./assemble.ts";
import type { Configuration } from "./configuration.ts";
import { readSettings } from "./readSettings.ts";

/**
 * Makes a configuration of an object with the names and values that the file has: `{ registries: { "docker.io": {
 * mirrors: ["mirror.example.com"] } } }`. As strict as the file.
 *
 * @throws EngineError `invalidConfig` with everything that is wrong in `details.problems`.
 */
export function parseConfiguration(settings: object): Configuration {
  const { leaves, problems } = readSettings(settings);
  const [first] = problems;
  if (first === undefined) return assemble(leaves);
  throw new EngineError("invalidConfig", `cannot use the configuration: ${first.message}`, {
    ...(first.hint === undefined ? {} : { hint: first.hint }),
    details: { problems: problems.map(({ path, message }) => ({ path, message })) },
  });
}
