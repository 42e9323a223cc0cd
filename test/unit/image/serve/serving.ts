import { createHash } from "node:crypto";
import { once } from "node:events";
import { type ClientRequest, request } from "node:http";
import { buffer } from "node:stream/consumers";
import type { TestContext } from "node:test";
import type { LayerSink } from "../../../../src/image/layerSink.ts";
import { type RegistryServer, type ServeRequest, serveRegistry } from "../../../../src/image/serve/serveRegistry.ts";
import type { ImageStore } from "../../../../src/image/store.ts";
import { mediaTypes } from "../../../../src/oci/index.ts";
import { sha256, temporaryStore } from "../storeFixture.ts";

export interface Reply {
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: Buffer;
}

interface AskOptions {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | string;
}

export type Ask = (path: string, options?: AskOptions) => Promise<Reply>;

export interface Serving {
  readonly store: ImageStore;
  readonly server: RegistryServer;
  readonly ask: Ask;
  readonly unpacked: Set<string>;
}

/** A registry over an empty store; with `push` or `remove` it takes what clients send. */
export async function serving(t: TestContext, request: Partial<ServeRequest> = {}): Promise<Serving> {
  const store = temporaryStore(t);
  const { sink, unpacked } = hashingSink();
  const push = request.push === undefined ? {} : { push: { ...request.push, layers: sink } };
  const server = await serveRegistry(store, { host: "127.0.0.1", port: 0, ...request, ...push });
  t.after(() => server.close());
  return { store, server, ask: asker(server), unpacked };
}

/** What `serving` needs to take pushes; the layers go nowhere. */
export const pushing = { push: { layers: hashingSink().sink, maxBlobBytes: 1 << 20 } };
export const nobody = { usedBy: async () => [], sweep: async () => undefined };

export function asker({ host, port }: { readonly host: string; readonly port: number }): Ask {
  return async (path, { method = "GET", headers = {}, body } = {}) => {
    const sent: ClientRequest = request({ host, port, path, method, headers, agent: false });
    const [response] = await once(sent.end(body), "response");
    return { status: response.statusCode, headers: response.headers, body: await buffer(response) };
  };
}

export const codeOf = ({ body }: Reply): unknown => JSON.parse(body.toString()).errors[0].code;

function hashingSink(): { readonly sink: LayerSink; readonly unpacked: Set<string> } {
  const unpacked = new Set<string>();
  const sink: LayerSink = {
    has: async (diffId) => unpacked.has(diffId),
    begin: async (diffId) => {
      const hash = createHash("sha256");
      return {
        write: (chunk) => {
          hash.update(chunk);
          return undefined;
        },
        finish: async () => undefined,
        commit: async () => {
          if (`sha256:${hash.digest("hex")}` !== diffId) throw new Error("unverified bytes were committed");
          unpacked.add(diffId);
        },
        abort: async () => undefined,
      };
    },
  };
  return { sink, unpacked };
}

/** Where an upload of a repository goes on. */
export async function startUpload(ask: Ask, name: string): Promise<string> {
  return String((await ask(`/v2/${name}/blobs/uploads/`, { method: "POST" })).headers.location);
}

/** Pushes a blob in two requests. */
export async function pushBlob(ask: Ask, name: string, bytes: Uint8Array): Promise<Reply> {
  const location = await startUpload(ask, name);
  return ask(`${location}?digest=${sha256(bytes)}`, { method: "PUT", body: bytes });
}

export interface SketchedManifest {
  readonly bytes: Buffer;
  readonly digest: string;
  readonly size: number;
  readonly mediaType: string;
}

export const hostArchitecture = process.arch === "x64" ? "amd64" : process.arch;

export interface Sketch {
  readonly layer?: Buffer;
  readonly architecture?: string;
  /** Members of the manifest. */
  readonly members?: object;
  /** Members of the configuration. */
  readonly config?: object;
}

/** Pushes the blobs of an image of one plain layer, and returns its manifest, which is not pushed. */
export async function pushParts(ask: Ask, name: string, sketch: Sketch = {}): Promise<SketchedManifest> {
  const { layer = Buffer.from("a layer"), architecture = hostArchitecture, members = {} } = sketch;
  const rootfs = { type: "layers", diff_ids: [sha256(layer)] };
  const config = Buffer.from(JSON.stringify({ architecture, os: "linux", rootfs, ...sketch.config }));
  for (const blob of [layer, config]) await pushBlob(ask, name, blob);
  const describe = (mediaType: string, bytes: Buffer) => ({ mediaType, digest: sha256(bytes), size: bytes.length });
  return manifestOf({
    schemaVersion: 2,
    mediaType: mediaTypes.ociManifest,
    config: describe(mediaTypes.ociConfig, config),
    layers: [describe(mediaTypes.ociLayer, layer)],
    ...members,
  });
}

export function manifestOf(
  document: Readonly<Record<string, unknown>> & { readonly mediaType: string },
): SketchedManifest {
  const bytes = Buffer.from(JSON.stringify(document));
  return { bytes, digest: sha256(bytes), size: bytes.length, mediaType: document.mediaType };
}

export async function putManifest(
  ask: Ask,
  path: string,
  { bytes, mediaType }: Pick<SketchedManifest, "bytes" | "mediaType">,
): Promise<Reply> {
  return ask(path, { method: "PUT", body: bytes, headers: { "Content-Type": mediaType } });
}
