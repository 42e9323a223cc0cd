import { createReadStream } from "node:fs";
import { resolve } from "node:path";
import { fileSystemError } from "../../base/index.ts";
import { parsePlatform } from "../../container/index.ts";
import type { Engine } from "../../engine.ts";
import { defineCommand } from "../command.ts";
import type { CommandContext, Outcome } from "../context.ts";
import type { Flag } from "../flags/flag.ts";
import { type ChangeDraft, changeFlag, helpFlag, textInto } from "../flags/sharedFlags.ts";

interface ImportDraft extends ChangeDraft {
  message?: string;
  platform?: string;
}

const flags: readonly Flag<ImportDraft>[] = [
  changeFlag,
  helpFlag,
  { long: "message", short: "m", value: "string", text: "what the image is", read: textInto<ImportDraft>("message") },
  {
    long: "platform",
    value: "string",
    text: "platform of the image: os/architecture[/variant]",
    read: textInto<ImportDraft>("platform"),
  },
];

export const importCommand = defineCommand<ImportDraft>({
  usage: "[OPTIONS] FILE|URL|- [REPOSITORY[:TAG]]",
  arguments: { from: 1, to: 2 },
  flags,
  begin: () => ({ changes: [] }),
  execute: async ({ draft, args: [source = "", reference], context, openEngine }): Promise<Outcome> => {
    const { message, platform, changes } = draft;
    const engine = await openEngine();
    const id = await engine.importImage({
      archive: openSource(source, context, engine),
      from: source,
      changes,
      ...(reference === undefined ? {} : { reference }),
      ...(message === undefined ? {} : { message }),
      ...(platform === undefined ? {} : { platform: parsePlatform(platform) }),
    });
    return { output: `${id}\n` };
  },
});

function openSource(source: string, { stdin, cwd, signal }: CommandContext, engine: Engine): AsyncIterable<Uint8Array> {
  if (source === "-") return createReadStream("", { fd: stdin.fd, autoClose: false });
  if (/^https?:\/\//i.test(source)) return engine.download(source, signal);
  return readSource(resolve(cwd, source));
}

async function* readSource(path: string): AsyncGenerator<Uint8Array> {
  try {
    yield* createReadStream(path) as AsyncIterable<Uint8Array>; // a stream without an encoding has nothing else
  } catch (error) {
    throw fileSystemError(error, "read", path);
  }
}
