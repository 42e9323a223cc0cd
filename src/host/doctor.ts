import { cgroupChecks } from "./cgroupChecks.ts";
import type { DoctorCheck, DoctorMessages } from "./doctorCheck.ts";
import { featureChecks } from "./featureChecks.ts";
import type { HostFacts } from "./hostFacts.ts";
import { type Observations, observeHost } from "./observeHost.ts";
import { systemChecks } from "./systemChecks.ts";

/** Looks at the host and says what it offers and lacks, with one line of advice each. Changes nothing. */
export function runDoctor(facts: HostFacts, words: DoctorMessages): readonly DoctorCheck[] {
  return diagnose(facts, observeHost(facts), words);
}

/** The checks as a pure function of what was seen and of the words for it. */
export function diagnose(facts: HostFacts, seen: Observations, words: DoctorMessages): readonly DoctorCheck[] {
  return [...systemChecks(facts, seen, words), ...featureChecks(facts, words), ...cgroupChecks(facts.cgroup, words)];
}
