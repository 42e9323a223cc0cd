import { resolve } from "node:path";
import { formatImageRef, parseImageRef, parsePlatform, withDefaultTag } from "../../image/index.ts";
import type { Platform } from "../../oci/index.ts";
import { defineCommand } from "../command.ts";
import type { Outcome } from "../context.ts";
import type { Flag, Help } from "../flags/flag.ts";
import { helpFlag, switchInto, textInto } from "../flags/sharedFlags.ts";
import { showPull } from "../render/pullProgress.ts";

interface PullDraft extends Help {
  allTags?: boolean;
  platform?: Platform;
  quiet?: boolean;
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
    const { allTags = false, platform, quiet = false, verifyKey } = draft;
    const parsed = parseImageRef(reference);
    const named = withDefaultTag(parsed);
    if (named !== parsed && !allTags && !quiet) context.stdout.write("Using default tag: latest\n");
    const progress = quiet ? undefined : showPull(context.stdout, context.now);
    const engine = await openEngine();
    const request = {
      reference,
      allTags,
      signal: context.signal,
      ...(platform === undefined ? {} : { platform }),
      ...(verifyKey === undefined ? {} : { verifyKey: resolve(context.cwd, verifyKey) }),
    };
    let name = formatImageRef(allTags ? parsed : named);
    for await (const event of engine.pull(request)) {
      progress?.show(event);
      // A search may have found the image elsewhere than a short name says.
      if (event.kind === "done" && !allTags) name = formatImageRef(parseImageRef(event.reference));
    }
    return { output: `${name}\n` };
  },
});
