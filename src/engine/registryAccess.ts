import type { CredentialSettings, RegistryOptions } from "../image/index.ts";
import type { Places } from "./places.ts";

/** How registries are spoken to, for every member that does: with the caller's credentials and the host's certificates. */
export async function registryAccess({ settings }: Places): Promise<Omit<RegistryOptions, "signal">> {
  const { defaultCertificateDirectory, dockerCredentials } = await import("../image/index.ts");
  const { insecureRegistries, certificateDirectory = defaultCertificateDirectory } = settings;
  return {
    certificateDirectory,
    credentials: dockerCredentials(credentialSettings(settings)),
    ...(insecureRegistries === undefined ? {} : { insecureRegistries }),
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
