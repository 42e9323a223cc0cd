import assert from "node:assert/strict";
import test from "node:test";
import { brigOk, createRoot, disposeRoot } from "../../support/brig.ts";
import { busyboxLayout, pushLayout } from "../../support/fixtures.ts";
import { startRegistry } from "../../support/registry.ts";

test("a pull of a tag that moved refreshes it and leaves the old image dangling, found by its digest", async () => {
  const root = createRoot();
  const registry = await startRegistry();
  const name = `${registry.address}/app`;
  const query = async (...words: readonly string[]) =>
    (await brigOk(["images", "--no-trunc", "--format", "{{.Tag}} {{.ID}} {{.Digest}}", ...words], { root })).stdout;
  try {
    const layout = await busyboxLayout();
    await pushLayout(layout, { tag: "latest", to: `${name}:1` });
    await brigOk(["pull", "-q", `${name}:1`], { root });
    const [, oldId = "", oldDigest = ""] = (await query()).trim().split(" ");
    await pushLayout(layout, { tag: "entry", to: `${name}:1` });
    const { stdout } = await brigOk(["pull", `${name}:1`], { root });
    assert.match(stdout, /Status: Downloaded newer image for /);
    const [, newId = ""] = (await query(`${name}:1`)).trim().split(" ");
    assert.notEqual(newId, oldId);
    assert.equal(await query("-f", "dangling=true"), `<none> ${oldId} ${oldDigest}\n`);
    const found = await brigOk(["inspect", "-f", "{{.Id}}", `${name}@${oldDigest}`], { root });
    assert.equal(found.stdout, `${oldId}\n`);
    assert.match((await brigOk(["pull", `${name}:1`], { root })).stdout, /Status: Image is up to date for /);
  } finally {
    await registry.stop();
    disposeRoot(root);
  }
});
