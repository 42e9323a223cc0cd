import type { ContainerPosture, PostureRow, PostureVerdict } from "../../container/index.ts";
import type { Messages, SayReason } from "../../messages/index.ts";
import { formatTable } from "./columns.ts";
import { cutText } from "./cutText.ts";
import { sanitizeLine } from "./sanitize.ts";

/** What a posture is told with. */
export interface PostureLanguage {
  readonly words: Messages["posture"];
  readonly say: SayReason;
}

/** What does not fit is in `--format json`. */
const widest = 60;

/** The rows by their verdicts, what is looser first, and how many there are of each. */
export function postureText(posture: ContainerPosture, language: PostureLanguage): string {
  const { container, equal, stricter, looser, rows } = posture;
  const parts = (["looser", "stricter", "equal"] as const).map((verdict) =>
    part(
      verdict,
      rows.filter((row) => row.verdict === verdict),
      language,
    ),
  );
  const all = equal + stricter + looser;
  const sum = language.words.summary({ container, all, equal, stricter, looser });
  return [...parts.filter((text) => text !== ""), `${sanitizeLine(sum)}\n`].join("\n");
}

function part(verdict: PostureVerdict, rows: readonly PostureRow[], { words, say }: PostureLanguage): string {
  if (rows.length === 0) return "";
  const { docker, here, by, why } = words.columns;
  const isLooser = verdict === "looser";
  const head = [words.verdicts[verdict], docker, here, ...(isLooser ? [by] : []), why];
  const lines = rows.map((row) => [
    `${say(row.section)}: ${say(row.name)}`,
    ...[row.docker, row.container].map((text) => cutText(say(text), widest)),
    ...(isLooser ? [row.flags.map(say).join(" ") || words.noFlag] : []),
    say(row.why),
  ]);
  return formatTable([head, ...lines].map((cells) => cells.map((text) => sanitizeLine(text) || "-")));
}
