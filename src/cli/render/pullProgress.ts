import { formatRateLimit, type LayerPhase, type PullEvent } from "../../image/index.ts";
import type { TextSink } from "../context.ts";
import { sanitizeLine } from "./sanitize.ts";
import { showTransfer, type TransferProgress } from "./transferProgress.ts";

export type PullProgress = TransferProgress<PullEvent>;

const words: Readonly<Record<LayerPhase, string>> = {
  waiting: "Waiting",
  exists: "Already exists",
  verifying: "Verifying Checksum",
  downloading: "Downloading",
  extracting: "Extracting",
  done: "Pull complete",
};

/** Shows a pull to the one who waits for it. */
export function showPull(sink: TextSink, now: () => Date): PullProgress {
  return showTransfer(
    {
      line(event) {
        if (event.kind !== "layer") return undefined;
        const { digest, phase, current, total } = event;
        const moves = phase === "downloading" || phase === "extracting";
        return { digest, words: words[phase], moves, isOver: phase === "done" || phase === "exists", current, total };
      },
      text: (event) => (event.kind === "layer" ? "" : formatPullEvent(event)),
    },
    sink,
    now,
  );
}

/** The lines of a pull that are no layers, as `docker pull` prints them. */
function formatPullEvent(event: Exclude<PullEvent, { kind: "layer" }>): string {
  switch (event.kind) {
    case "resolved": {
      const { tag, repository } = splitReference(event.reference);
      return sanitizeEnd(`${tag}: Pulling from ${repository}`);
    }
    case "rateLimit":
      return sanitizeEnd(`Rate limit of ${event.registry}: ${formatRateLimit(event.rateLimit)}`);
    case "notice":
      return sanitizeEnd(event.message);
    case "done": {
      const what = event.upToDate ? "Image is up to date for" : "Downloaded newer image for";
      return sanitizeEnd(`Digest: ${event.digest}`) + sanitizeEnd(`Status: ${what} ${familiar(event.reference)}`);
    }
  }
}

function sanitizeEnd(line: string): string {
  return `${sanitizeLine(line)}\n`;
}

/** `docker.io/library/alpine:3.20` is spoken of as `3.20` of `library/alpine`: the path, without its registry. */
function splitReference(reference: string): { readonly tag: string; readonly repository: string } {
  const at = reference.indexOf("@");
  const name = at === -1 ? reference : reference.slice(0, at);
  const colon = name.indexOf(":", name.lastIndexOf("/") + 1);
  const full = colon === -1 ? name : name.slice(0, colon);
  const tag = colon === -1 ? "latest" : name.slice(colon + 1);
  return { tag: at === -1 ? tag : reference.slice(at + 1), repository: full.slice(full.indexOf("/") + 1) };
}

function familiar(reference: string): string {
  return reference.replace(/^docker\.io\/(library\/)?/, "");
}
