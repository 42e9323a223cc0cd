import type { english as comparison } from "./comparison/english.ts";
import type { english as doctor } from "./doctor/english.ts";
import type { english as journal } from "./journal/english.ts";
import type { Language } from "./language.ts";
import type { english as plan } from "./plan/english.ts";
import type { english as posture } from "./posture/english.ts";
import type { english as report } from "./report/english.ts";
import type { english as why } from "./why/english.ts";

/**
 * What each topic holds: texts, and functions of what stands in them. The English file of a topic defines its members,
 * and the Korean one is declared to have the same, so that a missing, superfluous or differently made entry does not
 * compile.
 */
export interface Messages {
  readonly comparison: typeof comparison;
  readonly doctor: typeof doctor;
  readonly journal: typeof journal;
  readonly plan: typeof plan;
  readonly posture: typeof posture;
  readonly why: typeof why;
  readonly report: typeof report;
}

export type Topic = keyof Messages;

type Loaders = {
  readonly [Name in Topic]: Readonly<Record<Language, () => Promise<Messages[Name]>>>;
};

/** One topic and one language at a time is loaded, and none before somebody has something to say. */
export const catalogue: Loaders = {
  comparison: {
    en: async () => (await import("./comparison/english.ts")).english,
    ko: async () => (await import("./comparison/korean.ts")).korean,
  },
  doctor: {
    en: async () => (await import("./doctor/english.ts")).english,
    ko: async () => (await import("./doctor/korean.ts")).korean,
  },
  journal: {
    en: async () => (await import("./journal/english.ts")).english,
    ko: async () => (await import("./journal/korean.ts")).korean,
  },
  plan: {
    en: async () => (await import("./plan/english.ts")).english,
    ko: async () => (await import("./plan/korean.ts")).korean,
  },
  posture: {
    en: async () => (await import("./posture/english.ts")).english,
    ko: async () => (await import("./posture/korean.ts")).korean,
  },
  report: {
    en: async () => (await import("./report/english.ts")).english,
    ko: async () => (await import("./report/korean.ts")).korean,
  },
  why: {
    en: async () => (await import("./why/english.ts")).english,
    ko: async () => (await import("./why/korean.ts")).korean,
  },
};

/** The messages of a topic; `language` is English when left out. */
export function loadMessages<Name extends Topic>(topic: Name, language: Language = "en"): Promise<Messages[Name]> {
  return catalogue[topic][language]();
}
