import { EngineError } from "../../base/index.ts";
import type { Digest } from "../../oci/index.ts";
import type { RepositoryClient } from "./client.ts";
import { TransientFailure } from "./failures.ts";
import { RetryBudget, withRetries } from "./retry.ts";
import type { StatusQuestion } from "./statuses.ts";
import type { TransportResponse } from "./transport.ts";

/** A blob that is here and shall be there. */
export interface OutgoingBlob {
  readonly digest: Digest;
  readonly size: number;
  /** Its bytes from `start` to the end. */
  open(start: number): AsyncIterable<Uint8Array>;
}

export interface UploadRequest {
  readonly blob: OutgoingBlob;
  /** A repository of the same registry that probably has the blob. */
  readonly mountFrom?: string;
  /** Called with the number of bytes that are on their way or there. */
  readonly report: (current: number) => void;
}

export type UploadOutcome =
  | { readonly kind: "exists" }
  | { readonly kind: "mounted"; readonly from: string }
  | { readonly kind: "pushed" };

/** Up to this size a blob goes along with the request that completes it. */
const wholeBytes = 1024 * 1024;

/** What a request brings where a registry, or what stands before it, calls a larger one too large (413). */
const smallerBytes = [64 << 20, 16 << 20, 4 << 20, 1 << 20, 256 << 10] as const;
const octets = { "content-type": "application/octet-stream" };

/**
 * Brings a blob into a repository (distribution-spec v1.1, "Pushing blobs"): nothing is sent when it is there, or when
 * the registry takes it from another repository. An upload that breaks goes on where the registry says that it
 * stopped, in the same upload if that is still known and in a new one otherwise.
 *
 * @throws EngineError.
 */
export async function uploadBlob(client: RepositoryClient, request: UploadRequest): Promise<UploadOutcome> {
  const { digest } = request.blob;
  if (await withRetries(client.options, () => hasRemoteBlob(client, digest))) return { kind: "exists" };
  const upload = new BlobUpload(client, request);
  const retries = new RetryBudget(client.options);
  let hasFailed = false;
  for (;;) {
    try {
      // The answer that got lost may have been the one to the last request.
      if (hasFailed && (await hasRemoteBlob(client, digest))) return { kind: "pushed" };
      if (hasFailed) await upload.lookAgain();
      return await upload.run();
    } catch (error) {
      hasFailed = true;
      if (upload.sendsLess(error)) continue;
      if (upload.hasAdvanced()) retries.reset();
      await retries.wait(upload.isLost(error) ? new TransientFailure(error) : error);
    }
  }
}

async function hasRemoteBlob(client: RepositoryClient, digest: Digest): Promise<boolean> {
  const attempt = `look for the blob "${digest}" of "${client.name}" at "${client.origin}"`;
  try {
    const question = { attempt, name: client.name, access: "push", missing: "blob" } as const;
    (await client.request({ method: "HEAD", path: `blobs/${digest}`, question })).discard();
    return true;
  } catch (error) {
    // A registry that does not know HEAD gets the blob and says itself that it has it.
    if (error instanceof EngineError && [400, 404, 405, 501].includes(Number(error.details.status))) return false;
    throw error;
  }
}

/** One blob on its way. */
class BlobUpload {
  readonly #client: RepositoryClient;
  readonly #request: UploadRequest;
  readonly #question: StatusQuestion;
  /** Where the registry takes the bytes of this upload; undefined when there is none. */
  #url: URL | undefined;
  /** How many bytes the registry has. */
  #offset = 0;
  #farthest = 0;
  #before = 0;
  /** How much one request may bring; it only becomes less. */
  #chunkBytes = Number.POSITIVE_INFINITY;
  /** What the registry wants at least, but for the end of a blob. */
  #leastBytes = 0;
  /** How much the last request brought. */
  #sentBytes = 0;

  constructor(client: RepositoryClient, request: UploadRequest) {
    this.#client = client;
    this.#request = request;
    const attempt = `push the blob "${request.blob.digest}" of "${client.name}" to "${client.origin}"`;
    this.#question = { attempt, name: client.name, access: "push" };
  }

  /** Whether the registry has more bytes than it ever had when this was asked before. */
  hasAdvanced(): boolean {
    this.#farthest = Math.max(this.#farthest, this.#offset);
    const advanced = this.#farthest > this.#before;
    this.#before = this.#farthest;
    return advanced;
  }

  /** Whether a failure says that the registry has forgotten this upload, or has other bytes of it than we believe. */
  isLost(error: unknown): error is EngineError {
    if (this.#url === undefined || !(error instanceof EngineError)) return false;
    const isLost = error.details.status === 404 || error.details.status === 416;
    if (isLost) this.#forget();
    return isLost;
  }

  /** Whether a failure says that a request was too large, and smaller ones are left to try. */
  sendsLess(error: unknown): boolean {
    if (!(error instanceof EngineError) || error.details.status !== 413) return false;
    const smaller = smallerBytes.find((bytes) => bytes < this.#sentBytes && bytes >= this.#leastBytes);
    if (smaller === undefined) return false;
    this.#chunkBytes = smaller;
    return true;
  }

  async run(): Promise<UploadOutcome> {
    const { blob, mountFrom } = this.#request;
    if (this.#url === undefined && (await this.#begin()) === "mounted")
      return { kind: "mounted", from: mountFrom ?? "" };
    const isWhole = blob.size <= Math.min(wholeBytes, this.#chunkBytes) && this.#offset === 0;
    while (!isWhole && this.#offset < blob.size) await this.#sendNext();
    await this.#complete(isWhole);
    return { kind: "pushed" };
  }

  /** Asks how far the upload has come; without an answer it begins anew. */
  async lookAgain(): Promise<void> {
    if (this.#url === undefined) return;
    try {
      const response = await this.#ask("GET", this.#url);
      response.discard();
      this.#offset = receivedBytes(response) ?? 0;
      this.#follow(this.#url, response);
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      this.#forget();
    }
  }

  #forget(): void {
    this.#url = undefined;
    this.#offset = 0;
  }

  async #begin(): Promise<"mounted" | "begun"> {
    const url = this.#client.url("blobs/uploads/");
    const response = (await this.#mount(url)) ?? (await this.#ask("POST", url));
    response.discard();
    if (response.status === 201) return "mounted";
    this.#follow(url, response);
    this.#offset = 0;
    const least = response.headers.get("oci-chunk-min-length") ?? "";
    this.#leastBytes = /^\d{1,15}$/.test(least) ? Number(least) : 0;
    return "begun";
  }

  /** The answer is either the blob (201) or an upload as if nothing had been said about another repository. */
  async #mount(uploads: URL): Promise<TransportResponse | undefined> {
    const { mountFrom, blob } = this.#request;
    if (mountFrom === undefined) return undefined;
    const url = new URL(uploads);
    url.search = new URLSearchParams({ mount: blob.digest, from: mountFrom }).toString();
    const scope = `${this.#client.scope} repository:${mountFrom}:pull`;
    try {
      return await this.#client.request({ method: "POST", path: url, scope, question: this.#question });
    } catch (error) {
      // We may not read there, or the registry cannot mount: that is no reason not to push.
      if (error instanceof EngineError && error.details.status !== undefined) return undefined;
      throw error;
    }
  }

  /** All that is left, unless that was too much. */
  async #sendNext(): Promise<void> {
    const url = this.#opened();
    const { blob } = this.#request;
    const start = this.#offset;
    const end = Math.min(blob.size, start + this.#chunkBytes);
    this.#sentBytes = end - start;
    const response = await this.#client.request({
      method: "PATCH",
      path: url,
      headers: { ...octets, "content-range": `${start}-${end - 1}` },
      body: { length: end - start, open: () => this.#bytes(start, end) },
      question: this.#question,
    });
    response.discard();
    this.#follow(url, response);
    this.#offset = receivedBytes(response) ?? end;
    if (this.#offset > start && this.#offset <= blob.size) return;
    throw new TransientFailure(this.#protocolError("the registry took nothing of what was sent"));
  }

  async #complete(isWhole: boolean): Promise<void> {
    const { blob } = this.#request;
    const url = new URL(this.#opened());
    // The query is the registry's own and goes back as it came.
    url.search = `${url.search === "" ? "?" : `${url.search}&`}digest=${encodeURIComponent(blob.digest)}`;
    if (isWhole) this.#sentBytes = blob.size;
    const response = await this.#client.request({
      method: "PUT",
      path: url,
      ...(isWhole ? { headers: octets, body: { length: blob.size, open: () => this.#bytes(0, blob.size) } } : {}),
      question: this.#question,
    });
    response.discard();
  }

  async *#bytes(start: number, end: number): AsyncGenerator<Uint8Array> {
    let current = start;
    for await (const chunk of this.#request.blob.open(start)) {
      const part = chunk.subarray(0, end - current);
      yield part;
      current += part.length;
      this.#request.report(current);
      if (current === end) return;
    }
  }

  #opened(): URL {
    if (this.#url !== undefined) return this.#url;
    throw new Error("no upload was begun");
  }

  #ask(method: "GET" | "POST", path: URL): Promise<TransportResponse> {
    return this.#client.request({ method, path, question: this.#question });
  }

  /** Every answer may name another place for the rest, on another host too: credentials do not go there. */
  #follow(from: URL, response: TransportResponse): void {
    const location = response.headers.get("location");
    if (location !== null) this.#url = this.#client.locate(from, location);
    else if (this.#url === undefined) throw this.#protocolError("the registry does not say where to send it");
  }

  #protocolError(what: string): EngineError {
    return new EngineError("registryProtocol", `cannot ${this.#question.attempt}: ${what}`);
  }
}

/** `Range: 0-99` after 100 bytes; undefined when it says nothing. `0-0` is what registries say that have none. */
function receivedBytes(response: TransportResponse): number | undefined {
  const match = /^(?:bytes=)?0-(\d{1,15})$/.exec((response.headers.get("range") ?? "").slice(0, 60));
  if (match === null) return undefined;
  return match[1] === "0" ? 0 : Number(match[1]) + 1;
}
