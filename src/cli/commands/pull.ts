import { resolve } from "node:path";
import { formatImageRef, type PullTrace, parseImageRef, parsePlatform, withDefaultTag } from "../../image/index.ts";
import type { Platform } from "../../oci/index.ts";
import { defineCommand } from "../command.ts";
import type { CommandContext, Outcome } from "../context.ts";
import type { Flag, Help } from "../flags/flag.ts";
import { helpFlag, switchInto, textInto } from "../flags/sharedFlags.ts";
import { showPull } from "../render/pullProgress.ts";

interface PullDraft extends Help {
  allTags?: boolean;
  platform?: Platform;
  quiet?: boolean;
  explain?: boolean;
  format?: string;
  verifyKey?: string;
}

const flags: readonly Flag<PullDraft>[] = [
  { long: "all-tags", short: "a", text: "pull every tag of the repository", read: switchInto<PullDraft>("allTags") },
  {
    long: "disable-content-trust",
    text: "no effect",
    hidden: true,
    ignored: "brig checks every digest and no Notary signatures",
  },
  {
    long: "explain",
    text: "say what is asked, chosen, checked and measured",
    read: switchInto<PullDraft>("explain"),
  },
  {
    long: "format",
    value: "string",
    read: textInto<PullDraft>("format"),
    text: 'of --explain: "json" or a Go template for each line',
  },
  helpFlag,
  {
    long: "platform",
    value: "string",
    text: "which variant of the image (os/arch[/variant])",
    read: (draft, text) => {
      draft.platform = parsePlatform(text);
    },
  },
  { long: "quiet", short: "q", text: "print only the name of the image", read: switchInto<PullDraft>("quiet") },
  {
    long: "verify-key",
    value: "file",
    text: "public key that must have signed the image (cosign)",
    read: textInto<PullDraft>("verifyKey"),
  },
];

export const pullCommand = defineCommand<PullDraft>({
  usage: "[OPTIONS] NAME[:TAG|@DIGEST]",
  arguments: { exactly: 1 },
  flags,
  begin: () => ({}),
  execute: async ({ draft, args: [reference = ""], context, openEngine }): Promise<Outcome> => {
    const { allTags = false, platform, quiet = false, verifyKey, explain = false } = draft;
    const asDocuments = explain && draft.format !== undefined;
    const parsed = parseImageRef(reference);
    const named = withDefaultTag(parsed);
    if (named !== parsed && !allTags && !quiet && !asDocuments) context.stdout.write("Using default tag: latest\n");
    const progress = quiet || asDocuments ? undefined : showPull(context.stdout, context.now);
    const engine = await openEngine();
    const traces = explain ? { onTrace: await tracePrinter(draft, context) } : {};
    const request = {
      reference,
      ...traces,
      allTags,
      signal: context.signal,
      ...(platform === undefined ? {} : { platform }),
      ...(verifyKey === undefined ? {} : { verifyKey: resolve(context.cwd, verifyKey) }),
    };
    let name = formatImageRef(allTags ? parsed : named);
    for await (const event of engine.pull(request)) {
      if (!explain || event.kind !== "layer") progress?.show(event);
      // A search may have found the image elsewhere than a short name says.
      if (event.kind === "done" && !allTags) name = formatImageRef(parseImageRef(event.reference));
    }
    return asDocuments ? {} : { output: `${name}\n` };
  },
});

/** Lines as they come: what is explained is no picture that is drawn over. */
async function tracePrinter({ format }: PullDraft, { stdout }: CommandContext): Promise<(trace: PullTrace) => void> {
  if (format === undefined) {
    const { formatPullTrace } = await import("../render/pullTraceText.ts");
    return (trace) => stdout.write(formatPullTrace(trace));
  }
  const { formatDocument } = await import("../render/document.ts");
  return (trace) => stdout.write(formatDocument({ ...trace }, format));
}
