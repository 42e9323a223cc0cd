/*
 * The door of the configuration room. A command without a file of configuration never comes here; one with an
 * unchanged file loads no YAML.
 */

export type { CheckedConfiguration, FileFinding } from "./checkFiles.ts";
export type { Configuration, RegistrySetting } from "./configuration.ts";
export { checkFiles, showSettings } from "./later.ts";
export { type LoadRequest, loadConfiguration } from "./loadConfiguration.ts";
export { parseConfiguration } from "./parseConfiguration.ts";
export type { Override, ShowRequest } from "./showSettings.ts";
export type { ConfigurationFile } from "./sourceFile.ts";
