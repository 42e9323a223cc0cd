import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { makeImage, type ServedImage, sha256 } from "./faultRegistry.ts";
import { type HandEntry, handArchive } from "./handTar.ts";

/**
 * An image for `startFaultRegistry` that can be run: a layer with busybox, and over it one with `filler`, so that no
 * two are alike. `layerPath` is the second one's.
 */
export function runnableImage(filler: Uint8Array): ServedImage {
  const base = layerOf([
    { name: "bin/", type: "5", mode: 0o755 },
    { name: "bin/busybox", mode: 0o755, content: readFileSync("/bin/busybox") },
  ]);
  const top = layerOf([{ name: "filler", content: filler }]);
  const rootfs = { type: "layers", diff_ids: [base.diffId, top.diffId] };
  const image = makeImage({
    layer: top.blob,
    config: { config: { Env: ["PATH=/bin"], Cmd: ["busybox", "echo", "runs"] }, rootfs },
    manifest: { layers: [base.descriptor, top.descriptor] },
  });
  const type = "application/octet-stream";
  const documents = new Map([...image.documents, [`/v2/app/blobs/${sha256(base.blob)}`, { type, bytes: base.blob }]]);
  return { ...image, documents, diffId: top.diffId };
}

/** Stored, not compressed: what matters is that there is as much of it as there is. */
function layerOf(entries: readonly HandEntry[]) {
  const archive = handArchive(entries);
  const blob = gzipSync(archive, { level: 0 });
  const mediaType = "application/vnd.oci.image.layer.v1.tar+gzip";
  return { blob, diffId: sha256(archive), descriptor: { mediaType, digest: sha256(blob), size: blob.length } };
}
