import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { brigCommand, brigEnvironment, brigOk, createRoot, disposeRoot, type TestRoot } from "../../support/brig.ts";
import { busyboxLayout, multiLayerLayout } from "../../support/fixtures.ts";
import { runTool } from "../../support/programs.ts";

let root: TestRoot;
let address: string;
let stop: () => Promise<void>;

before(async () => {
  root = createRoot();
  const [program = "", ...args] = brigCommand(root, ["registry", "serve", "--listen", "127.0.0.1:0", "--allow-delete"]);
  const child = spawn(program, args, { env: brigEnvironment(root), stdio: ["ignore", "pipe", "inherit"] });
  const [line] = await once(child.stdout, "data");
  address = /http:\/\/(\S+)/.exec(String(line))?.[1] ?? "";
  stop = async () => {
    const ended = once(child, "close");
    child.kill("SIGTERM");
    await ended;
  };
});

after(async () => {
  await stop();
  disposeRoot(root);
});

const copy = ["--insecure-policy", "copy", "-q", "--dest-tls-verify=false", "--src-tls-verify=false"];
const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

async function digestOf(image: string): Promise<string> {
  const raw = await runTool("skopeo", ["inspect", "--raw", "--tls-verify=false", image]);
  return `sha256:${sha256(Buffer.from(raw))}`;
}

test("skopeo pushes an image, which is one of ours at once and runs, and copies it back unchanged", async () => {
  const source = `oci:${await multiLayerLayout()}:latest`;
  await runTool("skopeo", [...copy, source, `docker://${address}/team/multi:1`]);
  const { stdout } = await brigOk(["images", "--format", "{{.Repository}}:{{.Tag}} {{.Digest}}", "--digests"], {
    root,
  });
  assert.ok(stdout.includes(`team/multi:1 ${await digestOf(source)}`), stdout);
  const ran = await brigOk(["run", "--rm", "--network", "none", "team/multi:1", "echo", "runs"], { root });
  assert.equal(ran.stdout, "runs\n");
  const target = `oci:${join(root.directory, "copy")}:1`;
  await runTool("skopeo", [...copy, `docker://${address}/team/multi:1`, target]);
  assert.equal(await digestOf(target), await digestOf(source));
});

test("podman pulls, and pushes to another repository, which brig pulls into another store", async (t) => {
  await runTool("skopeo", [...copy, `oci:${await busyboxLayout()}:latest`, `docker://${address}/busybox:1`]);
  const own = ["--root", join(root.directory, "p"), "--runroot", join(root.directory, "r"), "--storage-driver", "vfs"];
  const [from, to] = [`${address}/busybox:1`, `${address}/from/podman:2`];
  await runTool("podman", [...own, "pull", "-q", "--tls-verify=false", from]);
  await runTool("podman", [...own, "tag", from, to]);
  await runTool("podman", [...own, "push", "-q", "--tls-verify=false", to]);
  const other = createRoot();
  t.after(() => disposeRoot(other));
  await brigOk(["pull", "-q", to], { root: other });
  const ran = await brigOk(["run", "--rm", "--network", "none", to, "echo", "there"], { root: other });
  assert.equal(ran.stdout, "there\n");
  const config = async (name: string, where: TestRoot) =>
    (await brigOk(["inspect", "--format", "{{json .Config.Cmd}} {{json .RootFS}}", name], { root: where })).stdout;
  assert.equal(await config(to, other), await config("busybox:1", root));
});

test("skopeo pushes an index with two platforms, and copies all of it back unchanged", async () => {
  const layout = join(root.directory, "index");
  cpSync(await busyboxLayout(), layout, { recursive: true });
  const source = `oci:${layout}:both`;
  addIndex(layout, "both");
  await runTool("skopeo", [...copy, "--all", source, `docker://${address}/both:1`]);
  const { stdout } = await brigOk(["images", "both", "--format", "{{.Tag}} {{.Digest}}", "--digests"], { root });
  assert.equal(stdout, `1 ${await digestOf(source)}\n`);
  const target = `oci:${join(root.directory, "both")}:1`;
  await runTool("skopeo", [...copy, "--all", `docker://${address}/both:1`, target]);
  assert.equal(await digestOf(target), await digestOf(source));
});

/** Names an index of the image `latest` of a layout and of one for a machine that nobody has. */
function addIndex(layout: string, name: string): void {
  const blobs = join(layout, "blobs/sha256");
  const read = (digest: string) => JSON.parse(readFileSync(join(blobs, digest.slice(7)), "utf8"));
  const write = (mediaType: string, document: object) => {
    const bytes = Buffer.from(JSON.stringify(document));
    writeFileSync(join(blobs, sha256(bytes)), bytes);
    return { mediaType, digest: `sha256:${sha256(bytes)}`, size: bytes.length };
  };
  const index = JSON.parse(readFileSync(join(layout, "index.json"), "utf8"));
  const { mediaType, digest, size } = index.manifests[0];
  const manifest = read(digest);
  const config = read(manifest.config.digest);
  const foreign = { ...config, architecture: "riscv64" };
  const other = write(mediaType, { ...manifest, config: write(manifest.config.mediaType, foreign) });
  const platform = (architecture: string) => ({ platform: { os: "linux", architecture } });
  const list = write("application/vnd.oci.image.index.v1+json", {
    schemaVersion: 2,
    mediaType: "application/vnd.oci.image.index.v1+json",
    manifests: [
      { mediaType, digest, size, ...platform(config.architecture) },
      { ...other, ...platform("riscv64") },
    ],
  });
  index.manifests.push({ ...list, annotations: { "org.opencontainers.image.ref.name": name } });
  writeFileSync(join(layout, "index.json"), JSON.stringify(index));
}

test("skopeo lists and deletes, but not what a container uses", async () => {
  const name = `docker://${address}/gone`;
  await runTool("skopeo", [...copy, `oci:${await busyboxLayout()}:user`, `${name}:1`]);
  assert.deepEqual(JSON.parse(await runTool("skopeo", ["list-tags", "--tls-verify=false", name])).Tags, ["1"]);
  await brigOk(["create", "--name", "user", "--network", "none", "gone:1"], { root });
  await assert.rejects(runTool("skopeo", ["delete", "--tls-verify=false", `${name}:1`]), /the container user uses/);
  await brigOk(["rm", "user"], { root });
  await runTool("skopeo", ["delete", "--tls-verify=false", `${name}:1`]);
  assert.equal((await brigOk(["images", "-q", "gone"], { root })).stdout, "");
});
