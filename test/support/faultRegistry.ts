import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { gzipSync } from "node:zlib";

export const sha256 = (bytes: Uint8Array): string => `sha256:${createHash("sha256").update(bytes).digest("hex")}`;

interface Document {
  readonly type: string;
  readonly bytes: Buffer;
}

/** A small image in memory: `/v2/app/manifests/latest` and what it refers to. */
export interface ServedImage {
  readonly documents: ReadonlyMap<string, Document>;
  readonly manifestPath: string;
  readonly layerPath: string;
  readonly layer: Buffer;
  readonly diffId: string;
}

export interface ImageOptions {
  readonly layer?: Buffer;
  readonly layerType?: string;
  readonly diffId?: string;
  readonly size?: number;
  readonly manifest?: object;
  readonly config?: object;
}

/** An image of one gzip layer of about 300 kB that does not compress, with whatever the test wants to be different. */
export function makeImage(options: ImageOptions = {}): ServedImage {
  const content = randomBytes(300_000);
  const layer = options.layer ?? gzipSync(content);
  const diffId = options.diffId ?? sha256(content);
  const config = Buffer.from(
    JSON.stringify({
      architecture: process.arch === "x64" ? "amd64" : process.arch,
      os: "linux",
      rootfs: { type: "layers", diff_ids: [diffId] },
      ...options.config,
    }),
  );
  const type = "application/vnd.oci.image.manifest.v1+json";
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: type,
      config: { mediaType: "application/vnd.oci.image.config.v1+json", digest: sha256(config), size: config.length },
      layers: [
        {
          mediaType: options.layerType ?? "application/vnd.oci.image.layer.v1.tar+gzip",
          digest: sha256(layer),
          size: options.size ?? layer.length,
        },
      ],
      ...options.manifest,
    }),
  );
  const layerPath = `/v2/app/blobs/${sha256(layer)}`;
  return {
    documents: new Map([
      ["/v2/app/manifests/latest", { type, bytes: manifest }],
      [`/v2/app/manifests/${sha256(manifest)}`, { type, bytes: manifest }],
      [`/v2/app/blobs/${sha256(config)}`, { type: "application/octet-stream", bytes: config }],
      [layerPath, { type: "application/octet-stream", bytes: layer }],
    ]),
    manifestPath: `/v2/app/manifests/${sha256(manifest)}`,
    layerPath,
    layer,
    diffId,
  };
}

export interface SeenRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

/** Answers a request in place of the registry and returns true, or returns false to let it answer. */
export type Intercept = (request: SeenRequest, response: ServerResponse) => boolean;

export interface FaultRegistry {
  readonly address: string;
  readonly url: string;
  readonly seen: SeenRequest[];
  count(method: string, url: string): number;
  stop(): Promise<void>;
}

/** A registry in this process that serves the image, with Range, except where `intercept` does otherwise. */
export async function startFaultRegistry(
  image: ServedImage,
  intercept: Intercept = () => false,
): Promise<FaultRegistry> {
  const seen: SeenRequest[] = [];
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request.setEncoding("utf8")) body += chunk;
    const known = { method: request.method ?? "", url: request.url ?? "", headers: request.headers, body };
    seen.push(known);
    if (!intercept(known, response)) serveDocument(image, known, response);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("a listening socket has a port");
  return {
    address: `127.0.0.1:${address.port}`,
    url: `http://127.0.0.1:${address.port}`,
    seen,
    count: (method, url) => seen.filter((request) => request.method === method && request.url === url).length,
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

function serveDocument(image: ServedImage, request: SeenRequest, response: ServerResponse): void {
  const document = image.documents.get(request.url);
  if (document === undefined) {
    response.writeHead(404, { "content-type": "application/json" });
    response.end(JSON.stringify({ errors: [{ code: "MANIFEST_UNKNOWN", message: "manifest unknown" }] }));
    return;
  }
  const { type, bytes } = document;
  const from = Number(/^bytes=(\d+)-/.exec(request.headers.range ?? "")?.[1] ?? 0);
  const part = bytes.subarray(from);
  response.writeHead(from > 0 ? 206 : 200, {
    "content-type": type,
    "content-length": part.length,
    ...(request.url.includes("/manifests/") ? { "docker-content-digest": sha256(bytes) } : {}),
    ...(from > 0 ? { "content-range": `bytes ${from}-${bytes.length - 1}/${bytes.length}` } : {}),
  });
  response.end(request.method === "HEAD" ? undefined : part);
}
