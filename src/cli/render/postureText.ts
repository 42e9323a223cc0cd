import type { ContainerPosture, PostureRow, PostureVerdict } from "../../container/index.ts";
import { formatTable } from "./columns.ts";
import { cutText } from "./cutText.ts";
import { sanitizeLine } from "./sanitize.ts";

const titles: Readonly<Record<PostureVerdict, string>> = {
  looser: "LOOSER THAN DOCKER",
  stricter: "STRICTER THAN DOCKER",
  equal: "THE SAME",
};

/** What does not fit is in `--format json`. */
const widest = 60;

/** The rows by their verdicts, what is looser first, and how many there are of each. */
export function postureText({ container, equal, stricter, looser, rows }: ContainerPosture): string {
  const parts = (["looser", "stricter", "equal"] as const).map((verdict) =>
    part(
      verdict,
      rows.filter((row) => row.verdict === verdict),
    ),
  );
  const all = equal + stricter + looser;
  const sum = `${container}: ${all} facts, ${equal} as Docker's default has them, ${stricter} stricter, ${looser} looser`;
  return [...parts.filter((text) => text !== ""), `${sanitizeLine(sum)}\n`].join("\n");
}

function part(verdict: PostureVerdict, rows: readonly PostureRow[]): string {
  if (rows.length === 0) return "";
  const head = [
    titles[verdict],
    "DOCKER",
    "HERE",
    ...(verdict === "looser" ? ["BY", "WHY IT MATTERS"] : ["WHY IT MATTERS"]),
  ];
  const lines = rows.map(({ section, name, docker, container, flags, why }) => {
    const by = verdict === "looser" ? [flags.join(" ") || "no flag"] : [];
    return [`${section}: ${name}`, cutText(docker, widest), cutText(container, widest), ...by, why];
  });
  return formatTable([head, ...lines].map((cells) => cells.map((text) => sanitizeLine(text) || "-")));
}
