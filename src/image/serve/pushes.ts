import { join } from "node:path";
import { randomHex } from "../../base/index.ts";
import type { Digest } from "../../oci/index.ts";
import type { LayerSink } from "../layerSink.ts";
import type { ImageStore } from "../store.ts";
import { prepareLayout, storeLayout } from "../storeLayout.ts";
import { Refusal } from "./answer.ts";
import { SweepPause } from "./sweepPause.ts";
import { Upload } from "./upload.ts";

export interface PushSettings {
  /** Where the layers of a pushed image are unpacked, so that it can be run. */
  readonly layers: LayerSink;
  /** The largest blob that is taken. */
  readonly maxBlobBytes: number;
  /** An upload that no request went on with for this long is removed. */
  readonly abandonedAfterMs?: number;
  /** So long after the last push the store may be swept. */
  readonly quietMs?: number;
}

const defaultAbandonedAfterMs = 15 * 60_000;
const defaultQuietMs = 120_000;

/** Open uploads of all clients together; each takes a file descriptor and disk space that nobody has vouched for yet. */
const maximumUploads = 128;
/** Blobs that no manifest refers to yet. */
const maximumLoose = 20_000;

/**
 * What a registry knows of pushes under way. It lives as long as the server: uploads that it takes with it are begun
 * again by their clients, and their files are removed by the next sweep if not by `close`.
 */
export class Pushes {
  readonly store: ImageStore;
  readonly layers: LayerSink;
  readonly pause: SweepPause;
  readonly #settings: PushSettings;
  readonly #uploads = new Map<string, { readonly upload: Upload; timer: NodeJS.Timeout }>();
  readonly #loose = new Map<string, Set<Digest>>();
  #looseCount = 0;

  constructor(store: ImageStore, settings: PushSettings) {
    this.store = store;
    this.layers = settings.layers;
    this.#settings = settings;
    this.pause = new SweepPause(store, settings.quietMs ?? defaultQuietMs, () => this.#uploads.size > 0);
  }

  /** @throws Refusal `TOOMANYREQUESTS`. */
  async begin(repository: string): Promise<Upload> {
    if (this.#uploads.size >= maximumUploads) {
      throw new Refusal("TOOMANYREQUESTS", `${maximumUploads} uploads are open`, { "Retry-After": 5 });
    }
    const layout = storeLayout(this.store.directory);
    prepareLayout(layout);
    const id = randomHex(16);
    const { maxBlobBytes: maxBytes } = this.#settings;
    const upload = await Upload.begin({ id, repository, path: join(layout.partials, `upload-${id}.tmp`), maxBytes });
    this.#uploads.set(id, { upload, timer: this.#watch(upload) });
    return upload;
  }

  /** The upload of a repository, which counts as alive again; undefined when there is none. */
  find(repository: string, id: string): Upload | undefined {
    const known = this.#uploads.get(id);
    if (known === undefined || known.upload.repository !== repository) return undefined;
    clearTimeout(known.timer);
    known.timer = this.#watch(known.upload);
    return known.upload;
  }

  /** Ends an upload; what did not become a blob is removed. Idempotent. */
  async end(upload: Upload): Promise<void> {
    clearTimeout(this.#uploads.get(upload.id)?.timer);
    this.#uploads.delete(upload.id);
    await upload.close();
  }

  /** Makes a blob of the store part of a repository until a manifest does. */
  link(repository: string, digest: Digest): void {
    // A client that never sends a manifest must not fill the memory; whoever loses a blob by this sends it again.
    if (this.#looseCount >= maximumLoose) {
      this.#loose.clear();
      this.#looseCount = 0;
    }
    const blobs = this.#loose.get(repository) ?? new Set();
    if (!blobs.has(digest)) this.#looseCount += 1;
    this.#loose.set(repository, blobs.add(digest));
  }

  /** Returns whether the blob was linked. */
  unlink(repository: string, digest: Digest): boolean {
    const wasLinked = this.#loose.get(repository)?.delete(digest) ?? false;
    if (wasLinked) this.#looseCount -= 1;
    return wasLinked;
  }

  /** Whether a repository has a blob by an upload or a mount. */
  hasLoose(repository: string, digest: Digest): boolean {
    return this.#loose.get(repository)?.has(digest) ?? false;
  }

  /** The blob is loose somewhere; which repository does not matter. */
  hasLooseAnywhere(digest: Digest): boolean {
    return [...this.#loose.values()].some((blobs) => blobs.has(digest));
  }

  async close(): Promise<void> {
    for (const { upload } of this.#uploads.values()) await this.end(upload);
    await this.pause.end();
  }

  #watch(upload: Upload): NodeJS.Timeout {
    const give = (): void => {
      // A slow request is not an abandoned one: the connection has a time limit of its own.
      if (upload.isBusy) this.find(upload.repository, upload.id);
      else void this.end(upload);
    };
    return setTimeout(give, this.#settings.abandonedAfterMs ?? defaultAbandonedAfterMs).unref();
  }
}
