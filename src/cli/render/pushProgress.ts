import type { PushEvent, PushPhase } from "../../image/index.ts";
import type { TextSink } from "../context.ts";
import { sanitizeLine } from "./sanitize.ts";
import { showTransfer, type TransferProgress } from "./transferProgress.ts";

const words: Readonly<Record<PushPhase, string>> = {
  preparing: "Preparing",
  waiting: "Waiting",
  pushing: "Pushing",
  pushed: "Pushed",
  exists: "Layer already exists",
  mounted: "Mounted from",
};

const lastPhases: ReadonlySet<PushPhase> = new Set<PushPhase>(["pushed", "exists", "mounted"]);

/** Shows a push to the one who waits for it, in the words of `docker push`. */
export function showPush(sink: TextSink, now: () => Date): TransferProgress<PushEvent> {
  return showTransfer(
    {
      line(event) {
        if (event.kind !== "layer") return undefined;
        const { digest, phase, current, total, from } = event;
        const said = from === undefined ? words[phase] : `${words[phase]} ${sanitizeLine(from)}`;
        return { digest, words: said, moves: phase === "pushing", isOver: lastPhases.has(phase), current, total };
      },
      text: (event) => (event.kind === "layer" ? "" : formatPushEvent(event)),
    },
    sink,
    now,
  );
}

/** The lines of a push that are no layers. */
function formatPushEvent(event: Exclude<PushEvent, { kind: "layer" }>): string {
  switch (event.kind) {
    case "started":
      return `${sanitizeLine(`The push refers to repository [${event.repository}]`)}\n`;
    case "notice":
      return `${sanitizeLine(event.message)}\n`;
    case "done":
      return `${sanitizeLine(`${event.tag}: digest: ${event.digest} size: ${event.size}`)}\n`;
  }
}
