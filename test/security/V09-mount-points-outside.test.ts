// @regression V09 CVE-2024-45310, CVE-2026-41579
// @wrong Making a missing mount point or working directory followed symbolic links of the image, and made or changed
//   files of the host.
// @rule R2
// @defence What is missing is made by descriptor below the container's root, one part at a time, never following what appears.
// @regression V21 CVE-2024-5154
// @wrong /etc/mtab and other files that an engine makes were made through links of the image, on the host.
// @rule R2
// @defence The same; a link of the image leads inside or nowhere.
import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { createRoot, disposeRoot, runBrig, type TestRoot } from "../support/brig.ts";
import { importHostile, quietRun } from "../support/hostileImage.ts";
import { digestTree } from "../support/treeDigest.ts";

let root: TestRoot;
let canary: string;
let source: string;

const up = "../".repeat(12);

before(async () => {
  root = createRoot();
  canary = join(root.directory, "canary");
  source = join(root.directory, "source");
  mkdirSync(join(canary, "deep"), { recursive: true });
  mkdirSync(source);
  for (const name of ["file", "hosts", "mtab", "resolv.conf"]) writeFileSync(join(canary, name), "the host's\n");
  await importHostile(root, {
    name: "links",
    entries: [
      { name: "absolute", type: "2", link: canary },
      { name: "upwards", type: "2", link: `${up}${canary.slice(1)}` },
      { name: "chain", type: "2", link: "absolute/deep/.." },
      { name: "through", type: "2", link: `/proc/1/root${canary}` },
      { name: "own", type: "2", link: `/proc/self/cwd/${up}${canary.slice(1)}` },
      { name: "dangling", type: "2", link: `${canary}/new` },
    ],
  });
  await importHostile(root, {
    name: "etc",
    entries: ["hosts", "hostname", "resolv.conf", "mtab"].map((name) => ({
      name: `etc/${name}`,
      type: "2",
      link: join(canary, name),
    })),
  });
  await importHostile(root, { name: "etc-directory", entries: [{ name: "etc", type: "2", link: canary }] });
});
after(() => disposeRoot(root));

/** Runs it; whether it starts does not matter, but what the host has must stay as it is, change times included. */
async function untouched(args: readonly string[]): Promise<void> {
  const found = digestTree(canary);
  const { code, stderr } = await runBrig([...quietRun, "--userns=host", ...args], { root });
  assert.ok(code === 0 || /^brig: /.test(stderr), `${code} ${stderr}`);
  assert.deepEqual(digestTree(canary), found, args.join(" "));
}

const links = ["absolute", "upwards", "chain", "through", "own", "dangling"];

test("V09: nothing outside is made for mount points and working directories at links of the image", async () => {
  const found = digestTree(canary);
  const attempts = links.flatMap((link) => [
    ["-v", `${source}:/${link}`, "-w", `/${link}/new/deep`],
    ["--tmpfs", `/${link}/new/deep`, "-v", `made:/${link}/deep/new`],
  ]);
  for (let from = 0; from < attempts.length; from += 4) {
    const args = (words: readonly string[]) => [...quietRun, "--userns=host", ...words, "links", "touch", "touched"];
    const ends = await Promise.all(attempts.slice(from, from + 4).map((words) => runBrig(args(words), { root })));
    for (const { code, stderr } of ends) assert.ok(code === 0 || /^brig: /.test(stderr), `${code} ${stderr}`);
  }
  assert.deepEqual(digestTree(canary), found);
});

for (const image of ["etc", "etc-directory"]) {
  test(`V21: links of the image "${image}" where brig makes files in /etc lead to nothing of the host`, async () => {
    const write = "for f in hosts hostname resolv.conf mtab; do echo from inside > /etc/$f; done";
    await untouched([image, "sh", "-c", write]);
    await untouched(["--read-only", "--hostname", "named", "--add-host", "a:192.0.2.1", image, "true"]);
  });
}
