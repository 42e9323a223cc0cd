import type { Configuration } from "../config/index.ts";
import type { RunOptions } from "../container/index.ts";
import type { Places } from "./places.ts";

/** What the configuration says where the options of a container say nothing. Pure. */
export function withConfiguredDefaults(options: RunOptions, configuration: Configuration | undefined): RunOptions {
  if (configuration === undefined) return options;
  const { platform, init, security = {} } = configuration;
  const securityOpt = configuredSecurity(configuration, options.privileged === true);
  const { userns } = security;
  // What is privileged shares the host's ids; asking for its own would be asking for something else.
  const takesUserns = userns !== undefined && (options.privileged !== true || userns === "host");
  return {
    ...(platform === undefined ? {} : { platform }),
    ...(init === undefined ? {} : { init }),
    ...(takesUserns ? { userns } : {}),
    ...options,
    ...configuredLog(options, configuration),
    // Of options that contradict each other the last one holds.
    ...(securityOpt.length === 0 ? {} : { securityOpt: [...securityOpt, ...(options.securityOpt ?? [])] }),
  };
}

function configuredSecurity({ security = {} }: Configuration, isPrivileged: boolean): readonly string[] {
  const { seccomp, profile, noNewPrivileges } = security;
  return [
    ...(profile === undefined || isPrivileged ? [] : [`profile=${profile}`]),
    ...(seccomp === undefined || isPrivileged ? [] : [`seccomp=${seccomp}`]),
    ...(noNewPrivileges === undefined ? [] : [`no-new-privileges=${noNewPrivileges}`]),
  ];
}

/** Options belong to the driver that they were configured for, as Docker's do. */
function configuredLog(
  { logDriver, logOptions }: RunOptions,
  { log = {} }: Configuration,
): Pick<RunOptions, "logDriver" | "logOptions"> {
  const usual = log.driver ?? "json-file";
  const driver = logDriver ?? log.driver;
  const options = (logDriver ?? usual) === usual ? [...(log.options ?? []), ...(logOptions ?? [])] : undefined;
  return {
    ...(driver === undefined ? {} : { logDriver: driver }),
    ...(options === undefined || options.length === 0 ? {} : { logOptions: new Map(options) }),
  };
}

/**
 * The name under which an image is kept that the user named shortly: the first place of the configured search where it
 * is, else the text itself. Without a search nothing is looked at.
 */
export async function storedName(text: string, places: Places): Promise<string> {
  const { search } = places.settings.configuration ?? {};
  if (search === undefined) return text;
  const { searchedNames } = await import("../image/index.ts");
  const names = searchedNames(text, search);
  if (names.length === 0) return text;
  const { imageStore } = await import("./imageMembers.ts");
  const store = await imageStore(places);
  return names.find((name) => store.resolve(name) !== undefined) ?? text;
}
