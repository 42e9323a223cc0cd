import type { Messages } from "../messages/index.ts";

/** What a check says, in the language of the reader. */
export type DoctorMessages = Messages["doctor"];

/** One thing that `doctor` looked at. */
export interface DoctorCheck {
  /** Stable and unique: `controller-memory`. */
  readonly id: string;
  readonly title: string;
  /** `fail`: no container, or not what was asked for; `warn`: something that some containers need is missing. */
  readonly status: "ok" | "warn" | "fail";
  readonly found: string;
  /** What to do, in one line; empty when there is nothing to do. */
  readonly advice: string;
}

/** Where a check ends when it does not end well. */
export type Trouble = Pick<DoctorCheck, "found" | "advice"> & { readonly status: "warn" | "fail" };

/** Builds a check: trouble when there is some, else "ok" with what was found. */
export function check(id: string, title: string, outcome: string | Trouble): DoctorCheck {
  return typeof outcome === "string"
    ? { id, title, status: "ok", found: outcome, advice: "" }
    : { id, title, ...outcome };
}

export function warn(found: string, advice: string): Trouble {
  return { status: "warn", found, advice };
}

export function fail(found: string, advice: string): Trouble {
  return { status: "fail", found, advice };
}
