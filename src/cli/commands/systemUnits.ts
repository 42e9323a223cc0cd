import { resolve } from "node:path";
import type { UnitChange } from "../../host/index.ts";
import { defineCommand } from "../command.ts";
import type { CommandContext, Outcome } from "../context.ts";
import type { Flag, Help } from "../flags/flag.ts";
import { helpFlag, switchInto, textInto } from "../flags/sharedFlags.ts";
import { sanitizeLine } from "../render/sanitize.ts";

interface UnitsDraft extends Help {
  directory?: string;
}

interface InstallDraft extends UnitsDraft {
  print?: boolean;
}

const directoryFlag: Flag<UnitsDraft> = {
  long: "directory",
  value: "directory",
  text: "where systemd looks for units",
  fallback: "/etc/systemd/system",
  read: textInto<UnitsDraft>("directory"),
};

export const installUnitsCommand = defineCommand<InstallDraft>({
  usage: "[OPTIONS]",
  arguments: { exactly: 0 },
  flags: [directoryFlag, helpFlag, { long: "print", text: "print the unit only", read: switchInto("print") }],
  begin: () => ({}),
  execute: async ({ draft, context, openEngine }) => {
    const engine = await openEngine();
    if (draft.print === true) return { output: await engine.bootUnit() };
    const change = await engine.installUnits(directoryOf(draft, context));
    return tell(change, "enable it with: systemctl daemon-reload && systemctl enable --now brig-boot.service", context);
  },
});

export const uninstallUnitsCommand = defineCommand<UnitsDraft>({
  usage: "[OPTIONS]",
  arguments: { exactly: 0 },
  flags: [directoryFlag, helpFlag],
  begin: () => ({}),
  execute: async ({ draft, context, openEngine }) => {
    const change = await (await openEngine()).uninstallUnits(directoryOf(draft, context));
    return tell(change, "tell systemd with: systemctl daemon-reload", context);
  },
});

function directoryOf({ directory = "/etc/systemd/system" }: UnitsDraft, { cwd }: CommandContext): string {
  return resolve(cwd, directory);
}

const words: Readonly<Record<UnitChange["change"], string>> = {
  written: "written",
  unchanged: "as it should be",
  removed: "removed",
  absent: "not there",
};

/** The file is the result; what is to be done about it is talk. */
function tell({ path, change }: UnitChange, advice: string, { stderr }: CommandContext): Outcome {
  stderr.write(`${advice}\n`);
  return { output: `${sanitizeLine(path)}: ${words[change]}\n` };
}
