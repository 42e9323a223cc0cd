import type { Language, Messages } from "../../messages/index.ts";

/** The sentences of answers. */
export type WhyMessages = Messages["why"];

/** Whom an answer is for. */
export interface AskedIn {
  readonly language: Language;
}

/** An answer to a question about what brig keeps, in sentences; what they hold of strangers' words is harmless only when printed so. */
export interface Explanation {
  /** What was asked about. */
  readonly name: string;
  /** The answer, in one sentence. */
  readonly why: string;
  /** What it rests on, one sentence each. */
  readonly more: readonly string[];
  /** What the reader can do, where that is known. */
  readonly hint?: string;
}
