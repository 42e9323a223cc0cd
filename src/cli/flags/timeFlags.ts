import { type Instant, parseInstant } from "../../container/index.ts";
import type { CommandContext } from "../context.ts";
import type { Flag, Help } from "./flag.ts";

export interface SpanDraft extends Help {
  since?: Instant;
  until?: Instant;
  readonly now: CommandContext["now"];
}

/** `--since` and `--until` for a list of things that happened. */
export function spanFlags(things: string): readonly [since: Flag<SpanDraft>, until: Flag<SpanDraft>] {
  return [
    {
      long: "since",
      value: "string",
      text: `show only ${things} from this time on (2026-03-01T12:00:00Z, or 42m ago)`,
      read: (draft, text) => {
        draft.since = parseInstant(text, draft.now(), "since");
      },
    },
    {
      long: "until",
      value: "string",
      text: `show only ${things} up to this time (2026-03-01T12:00:00Z, or 42m ago)`,
      read: (draft, text) => {
        draft.until = parseInstant(text, draft.now(), "until");
      },
    },
  ];
}
