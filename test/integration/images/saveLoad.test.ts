import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test, { after, before } from "node:test";
import { gzipSync } from "node:zlib";
import { brigOk, createRoot, disposeRoot, runBrig, type TestRoot } from "../../support/brig.ts";
import { multiLayerLayout } from "../../support/fixtures.ts";
import { handArchive } from "../../support/handTar.ts";
import { configOf, describe, oneFileLayer, savedFiles, sha256 } from "../../support/imageArchive.ts";
import { runTool } from "../../support/programs.ts";
import { pulledRoot } from "../../support/pulledRoot.ts";

let root: TestRoot;
let image: string;
let saved: string;

before(async () => {
  const pulled = await pulledRoot({ multi: { layout: await multiLayerLayout(), tag: "latest" } });
  root = pulled.root;
  image = `${pulled.reference("multi")}:latest`;
  saved = join(root.directory, "saved.tar");
  await brigOk(["tag", image, "other:x"], { root });
  await brigOk(["save", "-o", saved, image, "other"], { root });
});

after(() => disposeRoot(root));

interface Listed {
  readonly Repository: string;
  readonly Tag: string;
  readonly Digest: string;
  readonly ID: string;
}

async function listed(of: TestRoot): Promise<readonly string[]> {
  const { stdout } = await brigOk(["images", "--digests", "--no-trunc", "--format", "json"], { root: of });
  const rows = stdout.split("\n").flatMap((line) => (line === "" ? [] : [JSON.parse(line) as Listed]));
  return rows.map(({ Repository, Tag, Digest, ID }) => `${Repository}:${Tag} ${Digest} ${ID}`).sort();
}

/** Fresh roots for one test. */
async function withRoot(use: (fresh: TestRoot) => Promise<void>): Promise<void> {
  const fresh = createRoot();
  try {
    await use(fresh);
  } finally {
    disposeRoot(fresh);
  }
}

const lastLine = (text: string) => text.trimEnd().split("\n").at(-1);
const content = (archive: string, name: string) =>
  JSON.parse(execFileSync("tar", ["-xOf", archive, name], { encoding: "utf8" }));

test("what save writes is loaded with names, ids and digests, and runs", () =>
  withRoot(async (fresh) => {
    const { stdout, stderr } = await brigOk(["load", "-i", saved], { root: fresh });
    assert.deepEqual([stdout, stderr], [`Loaded image: ${image}\nLoaded image: other:x\n`, ""]);
    assert.deepEqual(await listed(fresh), await listed(root));
    const ran = await brigOk(["run", "--rm", "--network", "none", image, "cat", "/data/replaced"], { root: fresh });
    assert.equal(ran.stdout, "top\n");
    const again = await brigOk(["save", image, "other:x"], { root: fresh });
    assert.equal(sha256(again.stdoutBytes), sha256(readFileSync(saved)), "the same images give the same archive");
    assert.deepEqual(readdirSync(join(fresh.root, "images/partial")), []);
  }));

test("save writes to a pipe what it writes to a file, which only root can read", async () => {
  const { stdoutBytes } = await brigOk(["image", "save", image, "other:x", image], { root });
  assert.equal(sha256(stdoutBytes), sha256(readFileSync(saved)));
  assert.equal(statSync(saved).mode & 0o777, 0o600);
});

test("load reads stdin, a redirected file, gzip and zstd, and refuses xz with a sentence", () =>
  withRoot(async (fresh) => {
    const bytes = readFileSync(saved);
    const packed = join(root.directory, "saved.tar.zst");
    await runTool("zstd", ["-q", "-f", saved, "-o", packed]);
    const inputs = [bytes, gzipSync(bytes, { level: 1 }), readFileSync(packed)];
    for (const stdin of inputs) {
      const { stdout } = await brigOk(["image", "load", "-q"], { root: fresh, stdin });
      assert.match(stdout, /Loaded image: other:x\n$/);
    }
    await brigOk(["load", "--input", packed], { root: fresh });
    await runTool("xz", ["-k", "-f", "-0", saved]);
    const refused = await runBrig(["load", "-i", `${saved}.xz`], { root: fresh });
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /^brig: cannot read an archive that is compressed with xz\nhint: .*xz -dc/);
  }));

test("skopeo reads both forms of what save writes, with the digest that the image had", async () => {
  const [entry] = content(saved, "index.json").manifests;
  const read = async (source: string) => JSON.parse(await runTool("skopeo", ["inspect", "--no-tags", source]));
  assert.equal((await read(`oci-archive:${saved}:x`)).Digest, entry.digest);
  const layers = (await read(`docker-archive:${saved}:other:x`)).Layers;
  assert.equal(layers.length, 3);
});

test("podman loads what save writes, and brig what podman and skopeo write", () =>
  withRoot(async (fresh) => {
    const directory = join(fresh.directory, "podman");
    mkdirSync(directory);
    const places = ["--root", join(directory, "root"), "--runroot", join(directory, "run"), "--storage-driver", "vfs"];
    const podman = (...words: readonly string[]) =>
      runTool("podman", [...places, "--cgroup-manager", "cgroupfs", ...words]);
    assert.match(await podman("load", "-q", "-i", saved), /Loaded image: localhost\/other:x/);
    const archives = ["docker.tar", "oci.tar", "many.tar", "skopeo.tar"].map((name) => join(directory, name));
    const [docker = "", oci = "", many = "", skopeo = ""] = archives;
    await podman("save", "-q", "-o", docker, "localhost/other:x");
    await podman("save", "-q", "--format", "oci-archive", "-o", oci, "localhost/other:x");
    await podman("save", "-q", "-m", "-o", many, "localhost/other:x", image);
    await runTool("skopeo", [
      "--insecure-policy",
      "copy",
      "-q",
      `oci-archive:${saved}:x`,
      `docker-archive:${skopeo}:copied:1`,
    ]);
    for (const archive of archives) {
      const { stdout } = await brigOk(["load", "-i", archive], { root: fresh });
      assert.match(
        lastLine(stdout) ?? "",
        /^Loaded image: (localhost\/other:x|copied:1|127\.0\.0\.1:\d+\/multi:latest)$/,
      );
    }
    assert.match(await podman("images", "--format", "{{.ID}}"), /^[0-9a-f]{12}/);
    const ran = await brigOk(["run", "--rm", "--network", "none", "copied:1", "cat", "/data/replaced"], {
      root: fresh,
    });
    assert.equal(ran.stdout, "top\n");
    await podman("rmi", "-a", "-f");
  }));

test("an OCI layout that was packed with tar is loaded, and a directory is not", () =>
  withRoot(async (fresh) => {
    const layout = await multiLayerLayout();
    const packed = join(fresh.directory, "layout.tar");
    await runTool("tar", ["-C", layout, "-cf", packed, "."]);
    // umoci names images by their tag alone, which is no name
    const { stdout } = await brigOk(["load", "-i", packed], { root: fresh });
    const id = /^Loaded image ID: (sha256:[0-9a-f]{64})\n$/.exec(stdout)?.[1] ?? "";
    assert.equal((await brigOk(["inspect", "-f", "{{.Id}} {{.RepoTags}}", id], { root: fresh })).stdout, `${id} []\n`);
    assert.deepEqual(await listed(fresh), [`<none>:<none> <none> ${id}`]);
    const refused = await runBrig(["load", "-i", layout], { root: fresh });
    assert.match(refused.stderr, /it is a directory\nhint: pack its content first/);
  }));

test("an archive of docker save before 25 gives its images names, and a name that moves leaves its image nameless", () =>
  withRoot(async (fresh) => {
    const [one, other] = [oneFileLayer("one"), oneFileLayer("other")];
    const archive = (files: Parameters<typeof handArchive>[0]) => ({ root: fresh, stdin: handArchive(files) });
    const first = await brigOk(["load"], archive(savedFiles([one, other], ["app:1", "registry.example.com/app:2"])));
    assert.equal(first.stdout, "Loaded image: app:1\nLoaded image: registry.example.com/app:2\n");
    const id = `sha256:${sha256(configOf([one, other]))}`;
    // layers that are the same are links in old archives
    const linked = savedFiles([other, other], ["app:1"]);
    const again = `${"a".repeat(64)}/layer.tar`;
    const manifest = JSON.parse(String(linked.at(-1)?.content));
    manifest[0].Layers[1] = again;
    const files = [
      ...linked.slice(0, 2),
      { name: again, type: "2", link: `../${sha256(other)}/layer.tar` },
      { name: "manifest.json", content: JSON.stringify(manifest) },
    ];
    const second = await brigOk(["load"], archive(files));
    assert.equal(
      second.stdout,
      `The image app:1 already exists, renaming the old one with ID ${id} to empty string\nLoaded image: app:1\n`,
    );
    assert.deepEqual(await listed(fresh), [
      `app:1 <none> sha256:${sha256(configOf([other, other]))}`,
      `registry.example.com/app:2 <none> ${id}`,
    ]);
    await brigOk(["rmi", "registry.example.com/app:2"], { root: fresh });
    const nameless = await brigOk(["load"], archive(savedFiles([one], null)));
    assert.match(nameless.stdout, /^Loaded image ID: sha256:[0-9a-f]{64}\n$/);
    const dangling = await brigOk(["images", "-q", "--no-trunc", "-f", "dangling=true"], { root: fresh });
    assert.equal(dangling.stdout, `sha256:${sha256(configOf([one]))}\n`);
  }));

test("compressed layers of docker archives stay as they are, and an image that is there is not stored twice", () =>
  withRoot(async (fresh) => {
    const layer = oneFileLayer("packed");
    const packed = gzipSync(layer);
    const files = savedFiles([layer], ["packed:1"]).map((file) =>
      file.content === layer ? { ...file, content: packed } : file,
    );
    await brigOk(["load"], { root: fresh, stdin: handArchive(files) });
    await brigOk(["load"], { root: fresh, stdin: handArchive(savedFiles([layer], ["plain:1"])) });
    const blobs = join(fresh.root, "images/blobs/sha256");
    assert.ok(existsSync(join(blobs, sha256(packed))));
    assert.ok(!existsSync(join(blobs, sha256(layer))));
    assert.equal((await brigOk(["images", "-q"], { root: fresh })).stdout.split("\n").length, 3);
  }));

/** An OCI layout of an index with a variant for each architecture. */
function variants(architectures: readonly string[]): Buffer {
  const oci = "application/vnd.oci.image";
  const layer = oneFileLayer("layer");
  const blobs = new Map<string, string | Uint8Array>([[sha256(layer), layer]]);
  const put = (type: string, text: string, members: object = {}) => {
    blobs.set(sha256(text), text);
    return describe(type, text, members);
  };
  const manifests = architectures.map((architecture) => {
    const config = put("config.v1+json", configOf([layer], { architecture }));
    const layers = [describe("layer.v1.tar", layer)];
    const document = { schemaVersion: 2, mediaType: `${oci}.manifest.v1+json`, config, layers };
    return put("manifest.v1+json", JSON.stringify(document), { platform: { os: "linux", architecture } });
  });
  const missing = describe("manifest.v1+json", "elsewhere", { platform: { os: "linux", architecture: "s390x" } });
  const list = JSON.stringify({
    schemaVersion: 2,
    mediaType: `${oci}.index.v1+json`,
    manifests: [...manifests, missing],
  });
  const annotations = { "io.containerd.image.name": "docker.io/library/many:1" };
  const top = { schemaVersion: 2, manifests: [put("index.v1+json", list, { annotations })] };
  return handArchive([
    { name: "oci-layout", content: '{"imageLayoutVersion":"1.0.0"}' },
    { name: "index.json", content: JSON.stringify(top) },
    ...[...blobs].map(([digest, bytes]) => ({ name: `blobs/sha256/${digest}`, content: bytes })),
  ]);
}

test("of several variants the one that was asked for is loaded, else this machine's; the index keeps its digest", () =>
  withRoot(async (fresh) => {
    const stdin = variants(["amd64", "arm64", "riscv64"]);
    const architecture = async () =>
      (await brigOk(["inspect", "-f", "{{.Architecture}}", "many:1"], { root: fresh })).stdout.trim();
    await brigOk(["load", "--platform", "linux/riscv64"], { root: fresh, stdin });
    assert.equal(await architecture(), "riscv64");
    await brigOk(["load"], { root: fresh, stdin });
    assert.equal(await architecture(), { x64: "amd64", arm64: "arm64" }[process.arch as "x64" | "arm64"]);
    const refused = await runBrig(["load", "--platform", "linux/s390x"], { root: fresh, stdin });
    assert.match(
      refused.stderr,
      /image with reference many:1 was found but does not provide the specified platform \(linux\/s390x\)/,
    );
    const file = join(fresh.directory, "many.tar");
    await brigOk(["save", "-o", file, "many:1"], { root: fresh });
    const before = await listed(fresh);
    assert.match(before.find((line) => line.startsWith("many:1")) ?? "", /^many:1 sha256:/);
    await withRoot(async (other) => {
      await brigOk(["load", "-i", file], { root: other });
      assert.deepEqual(
        await listed(other),
        before.filter((line) => line.startsWith("many:1")),
      );
    });
    const wrong = await runBrig(["save", "--platform", "linux/s390x", "many:1"], { root: fresh });
    assert.deepEqual([wrong.code, wrong.stdout], [1, ""]);
    for (const words of [["history"], ["image", "inspect"]]) {
      const own = await brigOk([...words, "--platform", `linux/${await architecture()}`, "many:1"], { root: fresh });
      assert.equal(own.stdout, (await brigOk([...words, "many:1"], { root: fresh })).stdout);
      const other = await runBrig([...words, "--platform", "linux/s390x", "many:1"], { root: fresh });
      assert.deepEqual([other.code, other.stderr.split("\n")[0]], [1, wrong.stderr.split("\n")[0]], words.join(" "));
    }
  }));

test("save refuses what is not there before it writes anything, and a damaged blob", () =>
  withRoot(async (fresh) => {
    await brigOk(["load", "-i", saved], { root: fresh });
    const target = join(fresh.directory, "target.tar");
    writeFileSync(target, "precious");
    const missing = await runBrig(["save", "-o", target, "other:x", "missing:1"], { root: fresh });
    assert.deepEqual([missing.code, missing.stderr.split("\n")[0]], [1, "brig: No such image: missing:1"]);
    const [entry] = content(saved, "manifest.json");
    const layer = join(fresh.root, "images", entry.Layers[0]);
    const bytes = readFileSync(layer);
    bytes.writeUInt8(bytes.readUInt8(100) ^ 1, 100);
    writeFileSync(layer, bytes);
    const damaged = await runBrig(["save", "-o", target, "other:x"], { root: fresh });
    assert.match(damaged.stderr, /^brig: the blob "sha256:[0-9a-f]+" of the image store is damaged/);
    assert.equal(readFileSync(target, "utf8"), "precious");
    assert.deepEqual(
      readdirSync(fresh.directory).filter((name) => name.endsWith(".tmp")),
      [],
    );
  }));

test("load says what is wrong with an archive and leaves nothing behind", () =>
  withRoot(async (fresh) => {
    const files = savedFiles([oneFileLayer("layer")], ["app:1"]);
    const evil = handArchive([...files, { name: "../../evil", content: "x" }]);
    const refused = await runBrig(["load"], { root: fresh, stdin: evil });
    assert.equal(refused.code, 1);
    assert.match(
      refused.stderr,
      /^brig: cannot use the entry "..\/..\/evil" of the image archive: its path leads upwards/,
    );
    const missing = await runBrig(["load", "-i", join(fresh.directory, "nosuch")], { root: fresh });
    assert.match(missing.stderr, /^brig: cannot open ".*nosuch": no such file or directory/);
    assert.deepEqual(await listed(fresh), []);
    assert.deepEqual(readdirSync(join(fresh.root, "images/blobs/sha256")), []);
    assert.deepEqual(readdirSync(join(fresh.root, "images/partial")), []);
  }));
