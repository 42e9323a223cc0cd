import { createReadStream, fstatSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { EngineError } from "../../base/index.ts";
import { parsePlatform } from "../../image/index.ts";
import type { Platform } from "../../oci/index.ts";
import { defineCommand } from "../command.ts";
import type { CommandContext, Outcome } from "../context.ts";
import type { Flag, Help } from "../flags/flag.ts";
import { helpFlag, switchInto, textInto } from "../flags/sharedFlags.ts";
import { showLoad } from "../render/loadProgress.ts";

interface LoadDraft extends Help {
  input?: string;
  platform?: Platform;
  quiet?: boolean;
}

const flags: readonly Flag<LoadDraft>[] = [
  helpFlag,
  {
    long: "input",
    short: "i",
    value: "string",
    text: "read from a file instead of stdin",
    read: textInto<LoadDraft>("input"),
  },
  {
    long: "platform",
    value: "string",
    text: "load only this variant (os/arch[/variant])",
    read: (draft, text) => {
      draft.platform = parsePlatform(text);
    },
  },
  { long: "quiet", short: "q", text: "show no progress", read: switchInto<LoadDraft>("quiet") },
];

export const loadCommand = defineCommand<LoadDraft>({
  usage: "[OPTIONS]",
  arguments: { exactly: 0 },
  flags,
  begin: () => ({}),
  execute: async ({ draft, context, openEngine }): Promise<Outcome> => {
    const { input = "", platform, quiet = false } = draft;
    const archive = openInput(input, context);
    const engine = await openEngine();
    const show = showLoad({ ...context, quiet });
    const request = { archive, signal: context.signal, ...(platform === undefined ? {} : { platform }) };
    for await (const event of engine.loadImages(request)) show(event);
    return {};
  },
});

function openInput(input: string, { stdin, cwd }: CommandContext): string | AsyncIterable<Uint8Array> {
  if (input !== "") return resolve(cwd, input);
  if (stdin.isTty) throw new EngineError("invalidValue", "requested load from stdin, but stdin is empty");
  return pathOf(stdin.fd) ?? createReadStream("", { fd: stdin.fd, autoClose: false, highWaterMark: 1 << 20 });
}

/** A file that was redirected to stdin, and of which nothing was read, can be read in place (proc_pid_fdinfo(5)). */
function pathOf(fd: number): string | undefined {
  const isUnread = fstatSync(fd).isFile() && /^pos:\s*0$/m.test(readFileSync(`/proc/self/fdinfo/${fd}`, "latin1"));
  return isUnread ? `/proc/self/fd/${fd}` : undefined;
}
