// Where things are in a clone.
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const projectRoot = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
export const buildDirectory = join(projectRoot, "build");
export const distDirectory = join(projectRoot, "dist");
export const helperPath = join(buildDirectory, "brig-helper");
export const sanitizedHelperPath = join(buildDirectory, "brig-helper-sanitized");
/** A second brig, with fail points (src/base/failPoint.ts). */
export const failingDirectory = join(buildDirectory, "failing");
export const brigPath = join(projectRoot, "bin", "brig");
