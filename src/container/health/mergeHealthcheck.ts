import type { Healthcheck, ImageExecution } from "../../oci/index.ts";
import type { HealthOptions } from "./healthOptions.ts";

/** Health checks, once the image's proposal and the user's words are one. */
export interface HealthChoice {
  /** In Docker's words; absent when nobody said anything. */
  readonly healthcheck?: Healthcheck;
  /** The words of the probe; empty: there is none. */
  readonly probe: readonly string[];
  readonly notices: readonly string[];
}

export interface HealthWishes {
  readonly health: HealthOptions;
  readonly noHealthcheck: boolean;
}

/** Each probe costs a process outside the container's limits, so a stranger may ask for ten in a second at most. */
const leastIntervalOfImage = 1e8;

/** Merges member by member, as Docker does: what the user leaves out is as the image has it. Pure. */
export function mergeHealthcheck(
  { health, noHealthcheck }: HealthWishes,
  image: Pick<ImageExecution, "Healthcheck" | "Shell">,
): HealthChoice {
  const { Test = [], Interval, Timeout, StartPeriod, StartInterval, Retries } = image.Healthcheck ?? {};
  const merged = {
    Test: noHealthcheck ? ["NONE"] : health.test?.length ? health.test : Test,
    ...member("Interval", health.intervalNs, atLeast(leastIntervalOfImage, Interval)),
    ...member("Timeout", health.timeoutNs, atLeast(1e6, Timeout)),
    ...member("StartPeriod", health.startPeriodNs, StartPeriod),
    ...member("StartInterval", health.startIntervalNs, atLeast(leastIntervalOfImage, StartInterval)),
    ...member("Retries", health.retries, Retries),
  };
  // Docker does not mix the image's times into what turns the check off.
  const healthcheck = noHealthcheck ? { Test: ["NONE"] } : merged;
  const silent = healthcheck.Test.length === 0 && Object.keys(healthcheck).length === 1;
  return { ...(silent ? {} : { healthcheck }), ...probeOf(healthcheck.Test, image.Shell ?? defaultShell) };
}

function member<Name extends keyof Healthcheck>(
  name: Name,
  given: number | undefined,
  proposed: number | undefined,
): { readonly [Key in Name]?: number } {
  const value = given || proposed; // 0 is Docker's word for "as it would be anyway"
  // The key is the type's own name.
  return (value ? { [name]: value } : {}) as { readonly [Key in Name]?: number };
}

function atLeast(least: number, value: number | undefined): number | undefined {
  return value ? Math.max(least, value) : undefined;
}

const defaultShell = ["/bin/sh", "-c"];

function probeOf(test: readonly string[], shell: readonly string[]): Pick<HealthChoice, "probe" | "notices"> {
  const [kind, ...words] = test;
  const broken = words.some((word) => word.includes("\0"));
  if (kind === "CMD" && words.length > 0 && !broken) return { probe: words, notices: [] };
  if (kind === "CMD-SHELL" && words.length > 0 && !broken) return { probe: [...shell, ...words], notices: [] };
  if (kind === undefined || kind === "NONE") return { probe: [], notices: [] };
  return {
    probe: [],
    notices: ["the health check was left out: it must be CMD or CMD-SHELL and words without NUL characters"],
  };
}
