import { formatImageRef, parseImageRef, parsePlatform, withDefaultTag } from "../../image/index.ts";
import type { Platform } from "../../oci/index.ts";
import { defineCommand } from "../command.ts";
import type { Outcome } from "../context.ts";
import type { Flag, Help } from "../flags/flag.ts";
import { helpFlag, switchInto } from "../flags/sharedFlags.ts";
import { showPush } from "../render/pushProgress.ts";

interface PushDraft extends Help {
  allTags?: boolean;
  platform?: Platform;
  quiet?: boolean;
}

const flags: readonly Flag<PushDraft>[] = [
  { long: "all-tags", short: "a", text: "push every tag of the repository", read: switchInto<PushDraft>("allTags") },
  {
    long: "disable-content-trust",
    text: "no effect",
    hidden: true,
    ignored: "brig makes no Notary signatures",
  },
  helpFlag,
  {
    long: "platform",
    value: "string",
    text: "push only the image for this platform (os/arch[/variant]), without its index",
    read: (draft, text) => {
      draft.platform = parsePlatform(text);
    },
  },
  { long: "quiet", short: "q", text: "print only the name of the image", read: switchInto<PushDraft>("quiet") },
];

export const pushCommand = defineCommand<PushDraft>({
  usage: "[OPTIONS] NAME[:TAG]",
  arguments: { exactly: 1 },
  flags,
  begin: () => ({}),
  execute: async ({ draft, args: [reference = ""], context, openEngine }): Promise<Outcome> => {
    const { allTags = false, platform, quiet = false } = draft;
    const parsed = parseImageRef(reference);
    const named = withDefaultTag(parsed);
    if (named !== parsed && !allTags && !quiet) context.stdout.write("Using default tag: latest\n");
    const progress = quiet ? undefined : showPush(context.stdout, context.now);
    const engine = await openEngine();
    const request = { reference, allTags, signal: context.signal, ...(platform === undefined ? {} : { platform }) };
    for await (const event of engine.push(request)) progress?.show(event);
    return quiet ? { output: `${formatImageRef(allTags ? parsed : named)}\n` } : {};
  },
});
