import type { EngineContext } from "../run/engineContext.ts";
import type { ProcessIdentity } from "../state/processIdentity.ts";

/** What a check looks at: the roots, the host, and who looks. Checks read everything afresh and change nothing. */
export interface CheckScene extends EngineContext {
  readonly owner: ProcessIdentity;
}

/** Something that is not as it should be. */
export interface Finding {
  /** What it is about: a path, an id, a digest, a name. */
  readonly object: string;
  /** What is wrong with it, in one sentence of lower case. */
  readonly sentence: string;
  /** What can be done about it without touching what runs or what a user may want; absent: a user must decide. */
  readonly repair?: Repair;
  /** What a user can do where there is no repair. */
  readonly advice?: string;
  /** Worth knowing, but no fault. */
  readonly harmless?: boolean;
}

export interface Repair {
  /** `removes the group`: follows "brig" in a sentence. */
  readonly does: string;
  /** Idempotent. */
  readonly apply: () => void | Promise<void>;
}

/** One of the things that must hold whatever happened before (SECURITY-BASELINE 5.3). */
export interface Check {
  readonly name: string;
  /** `I5` */
  readonly invariant: string;
  readonly find: (scene: CheckScene) => readonly Finding[] | Promise<readonly Finding[]>;
}
