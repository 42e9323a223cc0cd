import { createReadStream } from "node:fs";
import { resolve } from "node:path";
import { EngineError, formatDecimalSize } from "../../base/index.ts";
import { type CopyReport, parseCopySide } from "../../container/index.ts";
import type { Engine } from "../../engine.ts";
import { defineCommand } from "../command.ts";
import type { CommandContext, Outcome } from "../context.ts";
import type { Flag, Help } from "../flags/flag.ts";
import { helpFlag, switchInto } from "../flags/sharedFlags.ts";
import { sanitizeLine } from "../render/sanitize.ts";

interface CopyDraft extends Help {
  archive?: boolean;
  followLink?: boolean;
  quiet?: boolean;
}

const flags: readonly Flag<CopyDraft>[] = [
  { long: "archive", short: "a", text: "keep the owners of the files", read: switchInto<CopyDraft>("archive") },
  {
    long: "follow-link",
    short: "L",
    text: "copy what a symbolic link at the source leads to",
    read: switchInto<CopyDraft>("followLink"),
  },
  helpFlag,
  { long: "quiet", short: "q", text: "do not say what was copied", read: switchInto<CopyDraft>("quiet") },
];

export const copyCommand = defineCommand<CopyDraft>({
  usage: "[OPTIONS] CONTAINER:SRC_PATH DEST_PATH|-\n       brig cp [OPTIONS] SRC_PATH|- CONTAINER:DEST_PATH",
  arguments: { exactly: 2 },
  flags,
  begin: () => ({}),
  execute: async ({ draft, args: [source = "", destination = ""], context, openEngine }): Promise<Outcome> => {
    if (source === "") throw wrongUse("source can not be empty");
    if (destination === "") throw wrongUse("destination can not be empty");
    const [from, to] = [parseCopySide(source), parseCopySide(destination)];
    if (from.container !== undefined && to.container !== undefined) {
      throw wrongUse("copying between containers is not supported");
    }
    const job = { draft, context, engine: await openEngine() };
    if (from.container !== undefined) {
      await copyOut({ container: from.container, containerPath: from.path, local: to.path }, job);
    } else if (to.container !== undefined) {
      await copyIn({ container: to.container, containerPath: to.path, local: from.path }, job);
    } else throw wrongUse("must specify at least one container source");
    return {};
  },
});

interface Sides {
  readonly container: string;
  readonly containerPath: string;
  /** A path, or "-". */
  readonly local: string;
}

interface Job {
  readonly draft: CopyDraft;
  readonly context: CommandContext;
  readonly engine: Engine;
}

async function copyOut({ local, ...sides }: Sides, job: Job): Promise<void> {
  const { draft, context, engine } = job;
  const followLink = draft.followLink ?? false;
  if (local === "-") {
    for await (const bytes of engine.copyToTar({ ...sides, followLink })) await context.stdout.pour(bytes);
    return;
  }
  const localPath = absolute(local, context.cwd);
  report(await engine.copyOut({ ...sides, localPath, followLink, keepOwners: draft.archive ?? false }), "", job);
}

async function copyIn({ local, ...sides }: Sides, job: Job): Promise<void> {
  const { draft, context, engine } = job;
  const where = `${sides.container}:`;
  if (local === "-") {
    const archive: AsyncIterable<Uint8Array> = createReadStream("", { fd: context.stdin.fd, autoClose: false });
    report(await engine.copyFromTar({ ...sides, archive }), where, job);
    return;
  }
  const followLink = draft.followLink ?? false;
  const localPath = absolute(local, context.cwd);
  report(await engine.copyIn({ ...sides, localPath, followLink, keepOwners: draft.archive ?? false }), where, job);
}

function report({ bytes, destination }: CopyReport, where: string, { draft, context }: Job): void {
  if (draft.quiet === true) return;
  const line = `Successfully copied ${formatDecimalSize(bytes)} to ${where}${destination}`;
  context.stderr.write(`${sanitizeLine(line)}\n`);
}

/** The end of a path ("/", "/.") says what is meant, and stays. */
function absolute(path: string, cwd: string): string {
  const whole = resolve(cwd, path);
  if (path === "." || path.endsWith("/.")) return `${whole === "/" ? "" : whole}/.`;
  return path.endsWith("/") && whole !== "/" ? `${whole}/` : whole;
}

function wrongUse(message: string): EngineError {
  return new EngineError("invalidValue", message, { hint: "write a container's side as CONTAINER:PATH" });
}
