import { cgroupChecks } from "./cgroupChecks.ts";
import type { DoctorCheck } from "./doctorCheck.ts";
import { featureChecks } from "./featureChecks.ts";
import type { HostFacts } from "./hostFacts.ts";
import { type Observations, observeHost } from "./observeHost.ts";
import { systemChecks } from "./systemChecks.ts";

/** Looks at the host and says what it offers and lacks, with one line of advice each. Changes nothing. */
export function runDoctor(facts: HostFacts): readonly DoctorCheck[] {
  return diagnose(facts, observeHost(facts));
}

/** The checks as a pure function of what was seen. */
export function diagnose(facts: HostFacts, seen: Observations): readonly DoctorCheck[] {
  return [...systemChecks(facts, seen), ...featureChecks(facts), ...cgroupChecks(facts.cgroup)];
}
