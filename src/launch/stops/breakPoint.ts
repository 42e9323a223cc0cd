import { EngineError } from "../../base/index.ts";

/** Where a launch is to stop: before or after every step that a word names by its id, its phase or its operation. */
export interface BreakPoint {
  readonly when: "before" | "after";
  readonly step: string;
}

export interface WantedStops {
  readonly points: readonly BreakPoint[];
  /** Before each step, too. */
  readonly every?: true;
}

/**
 * `root.pivot,before:exec,after:child`: a word without `before:` means after it.
 *
 * @throws EngineError `invalidValue` for an empty word.
 */
export function parseBreakPoints(text: string): readonly BreakPoint[] {
  return text.split(",").map((word) => {
    const [, when, step = ""] = /^(?:(before|after):)?(.*)$/is.exec(word) ?? [];
    if (step !== "") return { when: when?.toLowerCase() === "before" ? "before" : "after", step };
    throw new EngineError("invalidValue", `cannot stop at ${JSON.stringify(word.slice(0, 200))}: it names no step`, {
      hint: "write before:STEP or after:STEP, several with commas between them; brig plan run shows the steps",
    });
  });
}

/** The form that `parseBreakPoints` takes. */
export function formatBreakPoint({ when, step }: BreakPoint): string {
  return `${when}:${step}`;
}
