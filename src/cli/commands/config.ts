import type { FileFinding } from "../../config/index.ts";
import { defineCommand } from "../command.ts";
import { findConfigurationFiles, usualFiles } from "../configurationFiles.ts";
import type { Outcome } from "../context.ts";
import type { Help } from "../flags/flag.ts";
import { helpFlag, switchInto } from "../flags/sharedFlags.ts";
import { overridesOf } from "../globalFlags.ts";
import { sanitizeLine } from "../render/sanitize.ts";

/** Prints each finding as `FILE:LINE:COLUMN: ...`, where editors find it. Ends with 1 when there is one. */
export const checkConfigCommand = defineCommand<Help>({
  usage: "",
  arguments: { exactly: 0 },
  flags: [helpFlag],
  begin: () => ({}),
  execute: async ({ context, globals }): Promise<Outcome> => {
    const files = findConfigurationFiles(globals, context);
    if (files.length === 0) return { output: `no configuration: ${usualFiles(context.env).join(", ")}\n` };
    const { checkFiles } = await import("../../config/index.ts");
    const { findings } = await checkFiles(files);
    const clean = files.map(({ path }) => `${path}: ok\n`).join("");
    return findings.length === 0
      ? { output: clean }
      : { output: findings.map((finding) => `${sanitizeLine(describe(finding))}\n`).join(""), exitStatus: 1 };
  },
});

function describe({ path, line, column, message, hint }: FileFinding): string {
  return `${path}:${line}:${column}: ${message}${hint === undefined ? "" : ` (${hint})`}`;
}

interface ShowDraft extends Help {
  origin?: boolean;
}

export const showConfigCommand = defineCommand<ShowDraft>({
  usage: "[OPTIONS]",
  arguments: { exactly: 0 },
  flags: [
    helpFlag,
    { long: "origin", text: "say behind each setting where it was made", read: switchInto<ShowDraft>("origin") },
  ],
  begin: () => ({}),
  execute: async ({ draft, context, globals }): Promise<Outcome> => {
    const { showSettings } = await import("../../config/index.ts");
    const output = await showSettings({
      files: findConfigurationFiles(globals, context),
      overrides: overridesOf(globals, context),
      detail: draft.origin === true ? "origin" : "values",
    });
    return { output };
  },
});
