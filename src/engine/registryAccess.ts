import type { CredentialSettings, RegistryOptions } from "../image/index.ts";
import type { Places } from "./places.ts";

/**
 * How registries are spoken to, for every member that does: with the caller's credentials, the host's certificates and
 * what the configuration says of registries.
 */
export async function registryAccess({ settings }: Places): Promise<Omit<RegistryOptions, "signal">> {
  const { defaultCertificateDirectory, dockerCredentials } = await import("../image/index.ts");
  const { insecureRegistries = [], certificateDirectory = defaultCertificateDirectory, configuration } = settings;
  const registries = [...(configuration?.registries ?? [])];
  const marked = (mark: "insecure" | "blocked") =>
    registries.filter(([, setting]) => setting[mark] === true).map(([registry]) => registry);
  return {
    certificateDirectory,
    credentials: dockerCredentials(credentialSettings(settings)),
    insecureRegistries: [...insecureRegistries, ...marked("insecure")],
    blockedRegistries: marked("blocked"),
    mirrors: new Map(registries.map(([registry, { mirrors = [] }]) => [registry, mirrors])),
  };
}

/** Where credentials are read, and written by `login`. */
export function credentialSettings({ authFile, searchPath, home }: Places["settings"]): CredentialSettings {
  return {
    ...(authFile === undefined ? {} : { authFile }),
    ...(searchPath === undefined ? {} : { searchPath }),
    ...(home === undefined ? {} : { home }),
  };
}
