import type { LoadEvent } from "../../image/index.ts";
import type { CommandContext } from "../context.ts";
import { showPull } from "./pullProgress.ts";

export interface LoadView extends Pick<CommandContext, "stdout" | "now"> {
  /** Without progress. */
  readonly quiet: boolean;
}

/** Shows a load: Docker's lines for images on stdout, and layers to the one who waits at a terminal. */
export function showLoad({ stdout, now, quiet }: LoadView): (event: LoadEvent) => void {
  const progress = showPull(stdout, now);
  return (event) => {
    if (event.kind !== "layer") progress.show({ kind: "notice", message: lineFor(event) });
    else if (stdout.isTty && !quiet) progress.show(event);
  };
}

function lineFor(event: Exclude<LoadEvent, { kind: "layer" }>): string {
  if (event.kind === "renamed") {
    return `The image ${event.reference} already exists, renaming the old one with ID ${event.previousId} to empty string`;
  }
  return event.reference === undefined ? `Loaded image ID: ${event.id}` : `Loaded image: ${event.reference}`;
}
