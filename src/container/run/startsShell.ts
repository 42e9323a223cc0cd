/** Programs that start others and wait for them, and handle no signal unless a script says so. */
const shells: ReadonlySet<string> = new Set(["ash", "bash", "busybox", "dash", "sh"]);

/**
 * Whether a command is a shell, by itself or through env(1): such a process 1 leaves orphans alone and is not ended by
 * SIGTERM, which an init in front of it mends. Pure.
 */
export function startsShell(args: readonly string[]): boolean {
  const [program = "", ...rest] = args;
  const name = program.slice(program.lastIndexOf("/") + 1);
  if (name === "env") {
    const command = rest.findIndex((word) => !word.startsWith("-") && !word.includes("="));
    return command !== -1 && startsShell(rest.slice(command));
  }
  if (name !== "busybox") return shells.has(name);
  const [applet = ""] = rest;
  return applet !== "busybox" && applet !== "env" && shells.has(applet);
}

/** Whether an init goes in front of the command. */
export function wantsInit(init: boolean | "auto", args: readonly string[]): boolean {
  return init === "auto" ? startsShell(args) : init;
}
