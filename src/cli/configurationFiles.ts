import { statSync } from "node:fs";
import { resolve } from "node:path";
import type { ConfigurationFile } from "../config/index.ts";
import type { CommandContext } from "./context.ts";
import type { GlobalDraft } from "./globalFlags.ts";

const systemFile = "/etc/brig/config.yaml";

/**
 * The files of configuration that are there, the one that wins last: the system's and the user's, or the one that
 * `--config` or `BRIG_CONFIG` names, with an empty name none. Where there is no file, this is all that a command pays.
 */
export function findConfigurationFiles({ config }: GlobalDraft, context: CommandContext): readonly ConfigurationFile[] {
  const { env, cwd } = context;
  const named = config ?? env.BRIG_CONFIG;
  if (named !== undefined) return named === "" ? [] : [{ path: resolve(cwd, named), isNamed: true }];
  return usualFiles(env)
    .filter((path) => statSync(path, { throwIfNoEntry: false }) !== undefined)
    .map((path) => ({ path, isNamed: false }));
}

/** Where files of configuration may be (XDG Base Directory Specification: a relative directory counts as not set). */
export function usualFiles({
  XDG_CONFIG_HOME: configured = "",
  HOME: home = "",
}: CommandContext["env"]): readonly string[] {
  const own = configured.startsWith("/") ? configured : home.startsWith("/") ? `${home}/.config` : undefined;
  return [systemFile, ...(own === undefined ? [] : [`${own}/brig/config.yaml`])];
}
