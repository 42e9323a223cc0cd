import { EngineError } from "../../base/index.ts";
import { defineCommand } from "../command.ts";
import { type Shell, shellScript, shells } from "../completion/shellScripts.ts";
import type { Outcome } from "../context.ts";
import type { Help } from "../flags/flag.ts";
import { helpFlag } from "../flags/sharedFlags.ts";

export const completionCommand = defineCommand<Help>({
  usage: "bash|zsh|fish",
  arguments: { exactly: 1 },
  flags: [helpFlag],
  begin: () => ({}),
  execute: async ({ args: [name = ""] }): Promise<Outcome> => {
    const shell: Shell | undefined = shells.find((known) => known === name);
    if (shell !== undefined) return { output: shellScript(shell) };
    throw new EngineError("invalidValue", `there is no completion for ${JSON.stringify(name.slice(0, 40))}`, {
      hint: `write brig completion ${shells.join(", brig completion ")}`,
    });
  },
});
