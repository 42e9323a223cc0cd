import { EngineError } from "../base/index.ts";

interface TerminalWish {
  readonly tty?: boolean;
  readonly interactive?: boolean;
}

/**
 * A terminal needs one to type in.
 *
 * @throws EngineError `usage` with Docker's sentence and status for `-it` in a script without a terminal.
 */
export function requireTerminal({ tty, interactive }: TerminalWish, stdin: { readonly isTty: boolean }): void {
  if (tty !== true || interactive !== true || stdin.isTty) return;
  throw new EngineError("usage", "the input device is not a TTY", {
    hint: "leave out -t: stdin is a pipe or a file here",
    details: { exitStatus: 1 },
  });
}
