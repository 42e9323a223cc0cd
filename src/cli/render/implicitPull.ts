import type { RunOptions } from "../../container/index.ts";
import type { PullEvent } from "../../image/index.ts";
import type { CommandContext } from "../context.ts";
import type { PullProgress } from "./pullProgress.ts";

export interface ImplicitPull {
  show(event: PullEvent): void;
  /** Resolves when all that was shown is on the screen. */
  settled(): Promise<unknown>;
}

/**
 * Shows on stderr a pull that `run` starts by itself. Most runs pull nothing, so the code for it is loaded with the
 * first event; events that come before it is there wait in order.
 */
export function showImplicitPull(context: CommandContext, options: RunOptions): ImplicitPull {
  const waiting: PullEvent[] = [];
  let progress: PullProgress | undefined;
  let opening: Promise<unknown> = Promise.resolve();
  return {
    show(event) {
      if (progress !== undefined) return progress.show(event);
      waiting.push(event);
      if (waiting.length > 1) return;
      opening = openProgress(context, options).then((opened) => {
        progress = opened;
        for (const early of waiting) opened.show(early);
      });
    },
    settled: () => opening,
  };
}

async function openProgress({ stderr, now }: CommandContext, { image, pull }: RunOptions): Promise<PullProgress> {
  const { showPull } = await import("./pullProgress.ts");
  const { familiarName, parseImageRef, withDefaultTag } = await import("../../image/index.ts");
  const { sanitizeLine } = await import("./sanitize.ts");
  if (pull !== "always") {
    const name = familiarName(withDefaultTag(parseImageRef(image)));
    stderr.write(`Unable to find image '${sanitizeLine(name)}' locally\n`);
  }
  return showPull(stderr, now);
}
