import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFileSync, mkdirSync, symlinkSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { brigOk, createRoot, type TestRoot } from "./brig.ts";

const applets = ["sh", "cat", "dd", "seq", "sleep", "timeout", "nproc", "true", "false", "yes", "ls", "mkdir", "id"];

const digestOf = (bytes: Uint8Array) => `sha256:${createHash("sha256").update(bytes).digest("hex")}`;

export interface BusyboxRegistry {
  /** What to pull: `127.0.0.1:PORT/busybox:latest`. */
  readonly image: string;
  close(): void;
}

/**
 * Serves one small image, busybox and links to it, from this process: a registry with the requests of a pull and
 * nothing else. `directory` is a scratch directory of the caller's. The caller closes it.
 */
export async function serveBusybox(directory: string): Promise<BusyboxRegistry> {
  const layer = busyboxLayer(join(directory, "busybox-tree"));
  const blob = gzipSync(layer);
  const config = Buffer.from(
    JSON.stringify({
      architecture: process.arch === "x64" ? "amd64" : process.arch,
      os: "linux",
      config: { Env: ["PATH=/bin"], Cmd: ["sh"] },
      rootfs: { type: "layers", diff_ids: [digestOf(layer)] },
    }),
  );
  const describe = (mediaType: string, bytes: Uint8Array) => ({
    mediaType,
    digest: digestOf(bytes),
    size: bytes.length,
  });
  const mediaType = "application/vnd.oci.image.manifest.v1+json";
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType,
      config: describe("application/vnd.oci.image.config.v1+json", config),
      layers: [describe("application/vnd.oci.image.layer.v1.tar+gzip", blob)],
    }),
  );
  const documents = new Map([
    ["/v2/", { type: "application/json", bytes: Buffer.from("{}") }],
    ["/v2/busybox/manifests/latest", { type: mediaType, bytes: manifest }],
    [`/v2/busybox/manifests/${digestOf(manifest)}`, { type: mediaType, bytes: manifest }],
    ...[config, blob].map(
      (bytes) => [`/v2/busybox/blobs/${digestOf(bytes)}`, { type: "application/octet-stream", bytes }] as const,
    ),
  ]);
  const server = createServer((request, response) => {
    const document = documents.get(request.url ?? "");
    response.statusCode = document === undefined ? 404 : 200;
    if (document !== undefined) {
      response.setHeader("content-type", document.type);
      response.setHeader("content-length", document.bytes.length);
      response.setHeader("docker-content-digest", digestOf(document.bytes));
    }
    response.end(request.method === "HEAD" ? undefined : document?.bytes);
  });
  await listening(server);
  const { port } = server.address() as AddressInfo; // of a server that listens on an address and port
  return { image: `127.0.0.1:${port}/busybox:latest`, close: () => server.close() };
}

/** For every command on an emulated machine, which takes its time. */
export const timeoutMs = 300_000;

/** Fresh roots that hold busybox, on a machine without a registry's program. The caller ends with `disposeRoot(root)`. */
export async function servedBusyboxRoot(): Promise<{ readonly root: TestRoot; readonly image: string }> {
  const root = createRoot();
  const { image, close } = await serveBusybox(root.directory);
  await brigOk(["pull", "-q", image], { root, timeoutMs }).finally(close);
  return { root, image };
}

function busyboxLayer(tree: string): Buffer {
  mkdirSync(join(tree, "bin"), { recursive: true });
  mkdirSync(join(tree, "tmp"), { mode: 0o1777 });
  copyFileSync("/bin/busybox", join(tree, "bin/busybox"));
  for (const applet of applets) symlinkSync("busybox", join(tree, "bin", applet));
  return execFileSync("tar", ["--create", "--owner=0", "--group=0", "--numeric-owner", "-C", tree, "."], {
    maxBuffer: 1 << 26,
  });
}

function listening(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
}
