import type { EngineSettings } from "../engine.ts";
import type { CommandContext } from "./context.ts";
import type { Flag, Help } from "./flags/flag.ts";
import { helpFlag, switchInto, textInto } from "./flags/sharedFlags.ts";

export interface GlobalDraft extends Help {
  root?: string;
  runRoot?: string;
  insecureRegistries: string[];
  debug?: boolean;
  version?: boolean;
}

/** The flags before the command. */
export const globalFlags: readonly Flag<GlobalDraft>[] = [
  {
    long: "root",
    value: "directory",
    text: "where images, layers and containers are kept (environment: BRIG_ROOT)",
    fallback: "/var/lib/brig",
    read: textInto<GlobalDraft>("root"),
  },
  {
    long: "run-root",
    value: "directory",
    text: "where sockets and locks are kept, empty after a reboot (environment: BRIG_RUN_ROOT)",
    fallback: "/run/brig",
    read: textInto<GlobalDraft>("runRoot"),
  },
  {
    long: "insecure-registry",
    value: "host[:port]",
    repeatable: true,
    text: "a registry that may be spoken to without TLS (environment: BRIG_INSECURE_REGISTRIES, comma-separated)",
    read: (draft, value) => {
      draft.insecureRegistries.push(value);
    },
  },
  { long: "debug", short: "D", text: "show where errors come from", read: switchInto<GlobalDraft>("debug") },
  { long: "version", short: "v", text: "print the version and quit", read: switchInto<GlobalDraft>("version") },
  helpFlag,
];

/** The flags win over the environment; an empty variable counts as not set. */
export function readSettings(draft: GlobalDraft, { env }: CommandContext): EngineSettings {
  const root = draft.root ?? nonEmpty(env.BRIG_ROOT);
  const runRoot = draft.runRoot ?? nonEmpty(env.BRIG_RUN_ROOT);
  const named = (env.BRIG_INSECURE_REGISTRIES ?? "").split(",").map((host) => host.trim());
  const insecureRegistries = [...named.filter((host) => host !== ""), ...draft.insecureRegistries];
  const authFile = authFileOf(env);
  const helperPath = nonEmpty(env.BRIG_HELPER);
  return {
    ...(root === undefined ? {} : { root }),
    ...(runRoot === undefined ? {} : { runRoot }),
    ...(insecureRegistries.length === 0 ? {} : { insecureRegistries }),
    ...(authFile === undefined ? {} : { authFile }),
    // The helper built with sanitizers, for the tests; whoever sets it could as well replace brig in PATH.
    ...(helperPath === undefined ? {} : { helperPath }),
    ...(env.PATH === undefined ? {} : { searchPath: env.PATH }),
    ...(env.HOME === undefined ? {} : { home: env.HOME }),
  };
}

/** Docker's places for credentials: `DOCKER_CONFIG`, else the home directory. */
function authFileOf(env: CommandContext["env"]): string | undefined {
  const directory =
    nonEmpty(env.DOCKER_CONFIG) ?? (nonEmpty(env.HOME) === undefined ? undefined : `${env.HOME}/.docker`);
  return directory === undefined ? undefined : `${directory}/config.json`;
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === "" ? undefined : text;
}
