import { mkdirSync } from "node:fs";
import { join } from "node:path";

/** The clone that is tested; the test runner starts in it. */
export const projectRoot = process.cwd();
/** The program under test: the build with fail points when the runner says so. */
export const brigPath = process.env.BRIG_PROGRAM ?? join(projectRoot, "bin", "brig");
export const fixtureDirectory = join(projectRoot, "build", "fixtures");

/** The helper under test: the sanitized build when the runner says so. */
export const helperPath = process.env.BRIG_HELPER ?? join(projectRoot, "build", "brig-helper");

/**
 * Where tests make their directories: `BRIG_TEST_DIR`, or build/tmp. It must be on a file system that takes overlay
 * mounts and idmapped mounts (ext4, xfs, btrfs, tmpfs). Paths stay short: unix sockets end at 108 bytes.
 */
export function testDirectory(): string {
  const directory = process.env.BRIG_TEST_DIR ?? join(projectRoot, "build", "tmp");
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  return directory;
}
