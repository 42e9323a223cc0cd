// The image of the demo: busybox and one script, as an OCI image layout that a brig store is, made without brig.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { projectRoot } from "../steps/project.mjs";
import { fingerprint, stampMatches, writeStamp } from "../steps/stamp.mjs";

const busybox = "/bin/busybox";
const types = {
  manifest: "application/vnd.oci.image.manifest.v1+json",
  config: "application/vnd.oci.image.config.v1+json",
  layer: "application/vnd.oci.image.layer.v1.tar+gzip",
};

/** Makes the layout in `directory` unless it is there; its image is called `demo:latest`. */
export async function makeDemoImage(directory) {
  const value = fingerprint([busybox, join(projectRoot, "scripts/demo")]);
  const stampFile = `${directory}.stamp`;
  if (existsSync(directory) && stampMatches(stampFile, value)) return;
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(join(directory, "blobs/sha256"), { recursive: true });
  const layers = [await busyboxLayer(), await scriptLayer()];
  const config = writeBlob(directory, Buffer.from(JSON.stringify(describeConfig(layers))));
  const manifest = {
    schemaVersion: 2,
    mediaType: types.manifest,
    config: { mediaType: types.config, ...config },
    layers: layers.map((layer) => ({ mediaType: types.layer, ...writeBlob(directory, gzipSync(layer)) })),
  };
  const entry = {
    mediaType: types.manifest,
    ...writeBlob(directory, Buffer.from(JSON.stringify(manifest))),
    annotations: { "org.opencontainers.image.ref.name": "demo:latest" },
  };
  writeFileSync(join(directory, "oci-layout"), '{"imageLayoutVersion":"1.0.0"}');
  writeFileSync(join(directory, "index.json"), JSON.stringify({ schemaVersion: 2, manifests: [entry] }));
  writeStamp(stampFile, value);
}

function describeConfig(layers) {
  return {
    created: "2024-01-01T00:00:00Z",
    architecture: { x64: "amd64", arm64: "arm64" }[process.arch],
    os: "linux",
    config: { Env: ["PATH=/usr/local/bin:/bin"], Cmd: ["look"], WorkingDir: "/root" },
    rootfs: { type: "layers", diff_ids: layers.map(digestOf) },
    history: [{ created_by: "busybox and its links" }, { created_by: "COPY look.sh /usr/local/bin/look" }],
  };
}

const digestOf = (bytes) => `sha256:${createHash("sha256").update(bytes).digest("hex")}`;

function writeBlob(directory, bytes) {
  const digest = digestOf(bytes);
  writeFileSync(join(directory, "blobs/sha256", digest.slice("sha256:".length)), bytes);
  return { digest, size: bytes.length };
}

function busyboxLayer() {
  const applets = execFileSync(busybox, ["--list"], { encoding: "utf8" }).trim().split("\n");
  const directories = ["bin", "etc", "root", "tmp", "usr", "usr/bin", "var"];
  return archive([
    ...directories.map((name) => ({ name: `${name}/`, type: "directory", mode: name === "tmp" ? 0o1777 : 0o755 })),
    { name: "bin/busybox", mode: 0o755, content: readFileSync(busybox) },
    ...applets
      .filter((name) => name !== "busybox")
      .map((name) => ({ name: `bin/${name}`, type: "symlink", linkname: "busybox" })),
    { name: "etc/passwd", mode: 0o644, content: "root:x:0:0:root:/root:/bin/sh\n" },
    { name: "etc/group", mode: 0o644, content: "root:x:0:\n" },
  ]);
}

function scriptLayer() {
  const content = readFileSync(join(projectRoot, "scripts/demo/look.sh"));
  return archive([
    { name: "usr/local/", type: "directory", mode: 0o755 },
    { name: "usr/local/bin/", type: "directory", mode: 0o755 },
    { name: "usr/local/bin/look", mode: 0o755, content },
  ]);
}

async function archive(entries) {
  const { pack } = await import("tar-stream");
  const stream = pack();
  for (const { content = "", ...header } of entries)
    stream.entry({ uid: 0, gid: 0, mtime: new Date(0), ...header }, content);
  stream.finalize();
  const pieces = [];
  for await (const piece of stream) pieces.push(piece);
  return Buffer.concat(pieces);
}
