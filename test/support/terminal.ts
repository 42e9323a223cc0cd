import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runTool } from "./programs.ts";

export interface TerminalSettings {
  /** The program and its arguments; two words at least, so that tmux starts it without a shell. */
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** An existing directory of the test for the socket. */
  readonly directory: string;
  readonly columns?: number;
  readonly rows?: number;
}

const waitMs = 60_000;

/**
 * A program in a real terminal: a tmux server of its own with one pane. The pane stays when the program has ended, so
 * that its last screen and its status can be read. The caller ends with `close`.
 */
export class Terminal {
  readonly #socket: string;
  readonly #directory: string;

  private constructor(socket: string, directory: string) {
    this.#socket = socket;
    this.#directory = directory;
  }

  static async open(settings: TerminalSettings): Promise<Terminal> {
    const { argv, env, columns = 80, rows = 24 } = settings;
    const directory = mkdtempSync(join(settings.directory, "tm-"));
    writeFileSync(join(directory, "conf"), "set -g remain-on-exit on\nset -g status off\n");
    const terminal = new Terminal(join(directory, "s"), directory);
    const variables = Object.entries({ ...env, TERM: "screen" }).flatMap(([name, value]) => ["-e", `${name}=${value}`]);
    const size = ["-x", String(columns), "-y", String(rows)];
    await terminal.#tmux(["-f", join(directory, "conf"), "new-session", "-d", ...size, ...variables, "--", ...argv]);
    return terminal;
  }

  /** Types text as it is, then presses the named keys (`Enter`, `C-c`). */
  async type(text: string, ...keys: readonly string[]): Promise<void> {
    if (text !== "") await this.#tmux(["send-keys", "-l", "--", text]);
    if (keys.length > 0) await this.#tmux(["send-keys", "--", ...keys]);
  }

  /**
   * Types a command at a shell's prompt and waits until it runs, so that the keys which follow reach it and not the shell, that
   * would still be reading its line. It says so itself: when it can, the shell has given it the terminal.
   */
  async start(command: string): Promise<void> {
    await this.type(`sh -c 'echo has-''the-terminal; exec ${command}'`, "Enter");
    await this.waitFor(/^has-the-terminal$/m);
  }

  async resize(columns: number, rows: number): Promise<void> {
    await this.#tmux(["resize-window", "-x", String(columns), "-y", String(rows)]);
  }

  /** What the terminal shows, without the empty lines at its end. */
  async screen(): Promise<string> {
    return (await this.#tmux(["capture-pane", "-p", "-J"])).trimEnd();
  }

  /** Waits until the screen matches; fails with the last screen when it never does. */
  async waitFor(pattern: RegExp): Promise<string> {
    return this.#poll(async () => {
      const screen = await this.screen();
      return pattern.test(screen) ? screen : undefined;
    }, `the screen to match ${pattern}`);
  }

  /** Waits for the end of the program; its status, or 128 plus the number of the signal that ended it. */
  async waitForEnd(): Promise<number> {
    return this.#poll(async () => {
      const [dead, status, signal] = (await this.#ask("#{pane_dead}|#{pane_dead_status}|#{pane_dead_signal}")).split(
        "|",
      );
      if (dead !== "1") return undefined;
      return signal === undefined || signal === "" ? Number(status) : 128 + Number(signal);
    }, "the program to end");
  }

  /** The settings of the terminal, in the one-line form of stty(1) that can be compared. */
  async modes(): Promise<string> {
    const tty = await this.#ask("#{pane_tty}");
    return (await runTool("/usr/bin/stty", ["-g", "-F", tty])).trim();
  }

  /** Waits until the settings are, or are no longer, the given ones. */
  async waitForModes(wanted: (modes: string) => boolean): Promise<string> {
    return this.#poll(async () => {
      const modes = await this.modes();
      return wanted(modes) ? modes : undefined;
    }, "the terminal's settings to change");
  }

  /** The program's process id. */
  async pid(): Promise<number> {
    return Number(await this.#ask("#{pane_pid}"));
  }

  /** Ends the program and the terminal. */
  async close(): Promise<void> {
    await this.#tmux(["kill-server"]).catch(() => undefined);
    rmSync(this.#directory, { recursive: true, force: true });
  }

  async #ask(format: string): Promise<string> {
    return (await this.#tmux(["display-message", "-p", format])).trim();
  }

  #tmux(args: readonly string[]): Promise<string> {
    return runTool("/usr/bin/tmux", ["-S", this.#socket, ...args]);
  }

  async #poll<Found>(look: () => Promise<Found | undefined>, what: string): Promise<Found> {
    const deadline = Date.now() + waitMs;
    for (;;) {
      const found = await look();
      if (found !== undefined) return found;
      if (Date.now() > deadline)
        throw new Error(`waited ${waitMs} ms for ${what}; the screen is:\n${await this.screen()}`);
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
  }
}
