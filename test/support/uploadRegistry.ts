import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { sha256 } from "./faultRegistry.ts";

/** One request, before its body was read. */
export interface UploadRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingMessage["headers"];
  /** Reads at most so much of the body; all of it when left out. */
  body(maxBytes?: number): Promise<Buffer>;
}

/** Answers in place of the registry and returns true, or returns false to let it answer. */
export type UploadIntercept = (
  request: UploadRequest,
  response: ServerResponse,
  registry: UploadRegistry,
) => boolean | Promise<boolean>;

/** A registry in this process that takes uploads and remembers what it was asked. */
export interface UploadRegistry {
  readonly address: string;
  readonly url: string;
  /** `METHOD PATH`, without the query. */
  readonly seen: string[];
  /** Every header of every request. */
  readonly headers: IncomingMessage["headers"][];
  readonly blobs: Map<string, Buffer>;
  readonly manifests: Map<string, Buffer>;
  /** The bytes of uploads that are open. */
  readonly uploads: Map<string, Buffer>;
  /** How many bytes of blobs arrived, those that were sent again counted again. */
  received: number;
  stop(): Promise<void>;
}

/** Starts one on a free port of loopback; the caller stops it. */
export async function startUploadRegistry(intercept: UploadIntercept = () => false): Promise<UploadRegistry> {
  const server = createServer((request, response) => {
    void answer(request, response).catch(() => response.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("a listening socket has a port");
  const registry: UploadRegistry = {
    address: `127.0.0.1:${address.port}`,
    url: `http://127.0.0.1:${address.port}`,
    seen: [],
    headers: [],
    blobs: new Map(),
    manifests: new Map(),
    uploads: new Map(),
    received: 0,
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? "", registry.url);
    const known = {
      method: request.method ?? "",
      url,
      headers: request.headers,
      body: (maxBytes = Number.POSITIVE_INFINITY) => readBody(request, maxBytes),
    };
    registry.seen.push(`${known.method} ${url.pathname}`);
    registry.headers.push(request.headers);
    if (!(await intercept(known, response, registry))) await serve(known, response, registry);
  };
  return registry;
}

async function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    chunks.push(chunk.subarray(0, maxBytes - length));
    length += chunk.length;
    if (length >= maxBytes) break;
  }
  return Buffer.concat(chunks);
}

async function serve(request: UploadRequest, response: ServerResponse, registry: UploadRegistry): Promise<void> {
  const [, name = "", kind = "", last = ""] =
    /^\/v2\/(.+)\/(blobs\/uploads|blobs|manifests)\/([^/]*)$/.exec(request.url.pathname) ?? [];
  if (kind === "blobs/uploads") return serveUpload(request, response, { registry, name, id: last });
  if (kind === "manifests" && request.method === "PUT") {
    const bytes = await request.body();
    registry.manifests.set(last, bytes).set(sha256(bytes), bytes);
    response.writeHead(201, { "docker-content-digest": sha256(bytes) }).end();
    return;
  }
  const found = kind === "blobs" ? registry.blobs.get(last) : registry.manifests.get(last);
  response.writeHead(found === undefined ? 404 : 200, found === undefined ? {} : { "content-length": found.length });
  response.end();
}

interface UploadPlace {
  readonly registry: UploadRegistry;
  readonly name: string;
  readonly id: string;
}

async function serveUpload(request: UploadRequest, response: ServerResponse, place: UploadPlace): Promise<void> {
  const { registry, name } = place;
  const id = place.id === "" ? randomUUID() : place.id;
  const stored = place.id === "" ? Buffer.alloc(0) : registry.uploads.get(id);
  if (stored === undefined) {
    response.writeHead(404).end();
    return;
  }
  const start = /^(\d+)-/.exec(request.headers["content-range"] ?? "")?.[1];
  if (start !== undefined && Number(start) !== stored.length) {
    response.writeHead(416).end();
    return;
  }
  const body = request.method === "GET" ? Buffer.alloc(0) : await request.body();
  registry.received += body.length;
  const bytes = Buffer.concat([stored, body]);
  registry.uploads.set(id, bytes);
  const digest = request.url.searchParams.get("digest");
  if (request.method === "PUT" && digest !== null) {
    const isRight = sha256(bytes) === digest;
    if (isRight) registry.blobs.set(digest, bytes);
    response.writeHead(isRight ? 201 : 400).end();
    return;
  }
  const location = `/v2/${name}/blobs/uploads/${id}?_state=a%2Bb%3D`;
  const status = request.method === "GET" ? 204 : 202;
  response.writeHead(status, { location, range: `0-${Math.max(0, bytes.length - 1)}` }).end();
}
