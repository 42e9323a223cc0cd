import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/**
 * Compares text with the file of that name below test/golden. `UPDATE_GOLDEN=1 npm test` writes the files anew; the
 * difference is then reviewed like any other change. The working directory is the repository's.
 */
export function compareGolden(name: string, text: string): void {
  const path = join(process.cwd(), "test/golden", name);
  if (process.env.UPDATE_GOLDEN === "1") {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  assert.equal(text, readFileSync(path, "utf8"), `differs from test/golden/${name}`);
}
