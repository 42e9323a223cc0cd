import assert from "node:assert/strict";
import { createReadStream, mkdirSync, mkdtempSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { createGunzip } from "node:zlib";
import { mediaTypes, parseImageConfig, parseIndex, parseManifest } from "../../../src/oci/index.ts";
import { type LayerStore, openLayerStore, planOverlay, removeTree } from "../../../src/overlay/index.ts";
import { runTool } from "../../support/programs.ts";
import { helperPath, testDirectory } from "../../support/projectPaths.ts";
import { oracleLayout } from "./oracleImage.ts";

/** Prints a tree: path, type, mode, owner, device or size, mtime, target; attributes; contents; hard-link groups. */
const listing = `
cd "$1" && export LC_ALL=C
find . -mindepth 1 -type d -printf '%P|%y|%m|%U:%G|%T@\\0' -o -mindepth 1 -printf '%P|%y|%m|%U:%G|%s|%T@|%l\\0' | sort -z | tr '\\n\\0' '~\\n'
find . \\( -type b -o -type c \\) -exec stat -c '%n %t:%T' {} + | sort
find . -print0 | sort -z | xargs -0 getfattr -h -d -m - -e hex --absolute-names | grep -v '^# file: [.]$' | grep -v '=.*overlay'
find . -type f -print0 | sort -z | xargs -0 sha256sum
find . ! -type d -links +1 -printf '%i %P\\n' | sort -k2 | awk '{ names[$1] = names[$1] " " $2; count[$1]++ } END { for (i in names) if (count[i] > 1) print names[i] }' | sort
`;

test("what the layer store unpacks, mounted as an overlay, equals what umoci unpacks", async (t) => {
  const layout = await oracleLayout();
  const directory = mkdtempSync(join(testDirectory(), "oracle-"));
  t.after(() => removeTree({ helperPath, path: directory }));
  const store = openLayerStore(directory, { helperPath });
  const lower = planOverlay({ layers: await unpackLayout(layout, store) }).lower;
  await runTool("umoci", ["unpack", "--image", `${layout}:latest`, join(directory, "oracle")]);
  const merged = join(directory, "merged");
  mkdirSync(merged);
  const mount = 'mount -t overlay overlay -o "ro,lowerdir=$2" "$1" && ';
  const ours = await listTree([`${mount} ${listing}`, merged, lower.join(":")]);
  const theirs = await listTree([listing, join(directory, "oracle/rootfs")]);
  assert.ok(theirs.length > 10_000, `${theirs.length} lines`);
  assert.deepEqual(firstDifferences(ours, theirs), []);
});

async function listTree([script = "", ...args]: readonly string[]): Promise<readonly string[]> {
  const output = await runTool("unshare", ["-m", "--propagation", "private", "bash", "-c", script, "list", ...args]);
  return output.split("\n");
}

/** The lines that only one side has, with a sign for the side. */
function firstDifferences(ours: readonly string[], theirs: readonly string[]): readonly string[] {
  const [left, right] = [new Set(ours), new Set(theirs)];
  const onlyOurs = ours.filter((line) => !right.has(line)).map((line) => `ours   ${line}`);
  const onlyTheirs = theirs.filter((line) => !left.has(line)).map((line) => `theirs ${line}`);
  return [...onlyOurs, ...onlyTheirs].sort((a, b) => (a.slice(7) < b.slice(7) ? -1 : 1)).slice(0, 40);
}

async function unpackLayout(layout: string, store: LayerStore) {
  const blob = (digest: string): string => join(layout, "blobs", digest.replace(":", "/"));
  const index = parseIndex(readFileSync(join(layout, "index.json")), mediaTypes.ociIndex);
  const manifest = parseManifest(readFileSync(blob(index.manifests[0]?.digest ?? "")), mediaTypes.ociManifest);
  const config = parseImageConfig(readFileSync(blob(manifest.config.digest)));
  const layers: { readonly path: string; readonly opaqueRoot: boolean }[] = [];
  for (const [n, diffId] of config.rootfs.diff_ids.entries()) {
    const intake = await store.begin(diffId);
    for await (const chunk of createReadStream(blob(manifest.layers[n]?.digest ?? "")).pipe(createGunzip())) {
      await intake.write(chunk as Buffer);
    }
    await intake.commit();
    layers.push({ path: store.treePath(diffId), opaqueRoot: store.read(diffId)?.opaqueRoot ?? false });
  }
  return layers;
}
