import type { RuntimeSpec } from "../../oci/index.ts";
import { envName } from "../mergeImageConfig.ts";

/** The process of a container with the variables of its links; its own beat them. Pure. */
export function withLinkVariables(spec: RuntimeSpec, variables: readonly string[]): RuntimeSpec {
  if (variables.length === 0) return spec;
  const known = new Set(spec.process.env.map(envName));
  const env = [...spec.process.env, ...variables.filter((entry) => !known.has(envName(entry)))];
  return { ...spec, process: { ...spec.process, env } };
}
