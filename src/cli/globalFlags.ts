import { EngineError } from "../base/index.ts";
import type { Override } from "../config/index.ts";
import type { EngineSettings } from "../engine.ts";
import { chooseLanguage, type Language, languages } from "../messages/index.ts";
import { findConfigurationFiles } from "./configurationFiles.ts";
import type { CommandContext } from "./context.ts";
import type { Flag, Help } from "./flags/flag.ts";
import { helpFlag, switchInto, textInto } from "./flags/sharedFlags.ts";

export interface LanguageDraft extends Help {
  lang?: Language;
}

export interface GlobalDraft extends LanguageDraft {
  root?: string;
  runRoot?: string;
  config?: string;
  insecureRegistries: string[];
  debug?: boolean;
  version?: boolean;
}

export const languageFlag: Flag<LanguageDraft> = {
  long: "lang",
  value: languages.join("|"),
  text: "the language of what explains: explain, why, doctor, compare, plan, report (environment: LC_ALL, LC_MESSAGES, LANG)",
  read: readLanguage,
};

/** The flags before the command. */
export const globalFlags: readonly Flag<GlobalDraft>[] = [
  {
    long: "config",
    value: "file",
    text: "the only configuration to read, or '' for none (environment: BRIG_CONFIG)",
    read: textInto<GlobalDraft>("config"),
  },
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
  languageFlag,
  { long: "debug", short: "D", text: "show where errors come from", read: switchInto<GlobalDraft>("debug") },
  { long: "version", short: "v", text: "print the version and quit", read: switchInto<GlobalDraft>("version") },
  helpFlag,
];

function readLanguage(draft: LanguageDraft, text: string): void {
  const lang = languages.find((known) => known === text);
  if (lang !== undefined) draft.lang = lang;
  else {
    throw new EngineError("invalidValue", `there are no messages in ${JSON.stringify(text.slice(0, 40))}`, {
      hint: `write --lang ${languages.join(" or --lang ")}`,
    });
  }
}

/** The language of the caller, for commands that have something to explain. */
export function languageOf({ lang }: LanguageDraft, { env }: Pick<CommandContext, "env">): Language {
  return chooseLanguage(env, lang);
}

/** Opens the settings of this invocation: the flags win over the environment, and both over the configuration. */
export async function readSettings(draft: GlobalDraft, context: CommandContext): Promise<EngineSettings> {
  const settings = immediateSettings(draft, context);
  const configuration = await readConfiguration({ draft, context, runRoot: settings.runRoot ?? "/run/brig" });
  return configuration === undefined ? settings : { ...settings, configuration };
}

/** An empty variable counts as not set. */
function immediateSettings(draft: GlobalDraft, context: CommandContext): EngineSettings {
  const { env } = context;
  const language = languageOf(draft, context);
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
    ...(language === "en" ? {} : { language }),
    // The helper built with sanitizers, for the tests; whoever sets it could as well replace brig in PATH.
    ...(helperPath === undefined ? {} : { helperPath }),
    ...(env.PATH === undefined ? {} : { searchPath: env.PATH }),
    ...(env.HOME === undefined ? {} : { home: env.HOME }),
  };
}

interface ConfigurationQuestion {
  readonly draft: GlobalDraft;
  readonly context: CommandContext;
  readonly runRoot: string;
}

/** Undefined when no file and no variable says anything: then nothing is loaded. */
async function readConfiguration(question: ConfigurationQuestion): Promise<EngineSettings["configuration"]> {
  const { draft, context, runRoot } = question;
  const files = findConfigurationFiles(draft, context);
  const platform = nonEmpty(context.env.DOCKER_DEFAULT_PLATFORM);
  if (files.length === 0 && platform === undefined) return undefined;
  const { loadConfiguration } = await import("../config/index.ts");
  const configuration = await loadConfiguration({ files, cache: `${runRoot}/config.json` });
  if (platform === undefined) return configuration;
  const { parsePlatform } = await import("../image/index.ts");
  return { ...configuration, platform: parsePlatform(platform) };
}

/** What flags and environment say that a file could say as well. */
export function overridesOf(draft: GlobalDraft, { env }: CommandContext): readonly Override[] {
  const of = (path: readonly string[], flag: readonly [string, unknown], variable: string): readonly Override[] => {
    const [source, given] = flag[1] === undefined ? [variable, nonEmpty(env[variable])] : flag;
    return given === undefined ? [] : [{ path, given, source }];
  };
  const insecure = [
    ...draft.insecureRegistries.map((host) => [host, "--insecure-registry"] as const),
    ...(env.BRIG_INSECURE_REGISTRIES ?? "")
      .split(",")
      .map((host) => [host.trim(), "BRIG_INSECURE_REGISTRIES"] as const),
  ];
  return [
    ...of(["root"], ["--root", draft.root], "BRIG_ROOT"),
    ...of(["run_root"], ["--run-root", draft.runRoot], "BRIG_RUN_ROOT"),
    ...of(["platform"], ["", undefined], "DOCKER_DEFAULT_PLATFORM"),
    ...insecure
      .filter(([host]) => host !== "")
      .map(([host, source]) => ({ path: ["registries", host, "insecure"], given: true, source })),
  ];
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
