import type { CheckedConfiguration } from "./checkFiles.ts";
import type { ShowRequest } from "./showSettings.ts";
import type { ConfigurationFile } from "./sourceFile.ts";

/*
 * What the door offers and a command rarely needs: each of these loads its file when it is first called.
 */

/** `checkFiles` of checkFiles.ts, loaded on the first call. */
export async function checkFiles(files: readonly ConfigurationFile[]): Promise<CheckedConfiguration> {
  return (await import("./checkFiles.ts")).checkFiles(files);
}

/** `showSettings` of showSettings.ts, loaded on the first call. */
export async function showSettings(request: ShowRequest): Promise<string> {
  return (await import("./showSettings.ts")).showSettings(request);
}
