import type { CheckedConfiguration } from "./checkFiles.ts";
import type { ShowRequest } from "./showSettings.ts";
import type { ConfigurationFile } from "./sourceFile.ts";

/*
 * The door of the configuration room. A command without a file of configuration never comes here; one with an
 * unchanged file loads no YAML.
 */

export type { CheckedConfiguration, FileFinding } from "./checkFiles.ts";
export type { Configuration, RegistrySetting } from "./configuration.ts";
export { type LoadRequest, loadConfiguration } from "./loadConfiguration.ts";
export { parseConfiguration } from "./parseConfiguration.ts";
export type { Override, ShowRequest } from "./showSettings.ts";
export type { ConfigurationFile } from "./sourceFile.ts";

/** `checkFiles` of checkFiles.ts, loaded on the first call. */
export async function checkFiles(files: readonly ConfigurationFile[]): Promise<CheckedConfiguration> {
  return (await import("./checkFiles.ts")).checkFiles(files);
}

/** `showSettings` of showSettings.ts, loaded on the first call. */
export async function showSettings(request: ShowRequest): Promise<string> {
  return (await import("./showSettings.ts")).showSettings(request);
}
