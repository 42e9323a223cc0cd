import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import type { LookupFunction } from "node:net";
import { Readable } from "node:stream";
import type { SecureContext } from "node:tls";
import type { Response } from "node-fetch";
import { EngineError } from "../../base/index.ts";
import { isLoopbackHost, refuseLocalAddresses } from "./addresses.ts";
import type { RegistryEndpoint } from "./endpoint.ts";
import { connectionFailure, TransientFailure } from "./failures.ts";
import { defaultTimeouts, type RegistryOptions, type RegistryTimeouts } from "./options.ts";
import { interrupted } from "./retry.ts";
import { followRedirect } from "./target.ts";

export interface TransportRequest {
  readonly url: URL;
  readonly method: "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly headers: Readonly<Record<string, string>>;
  /** Sent to the origin of `url` and to nobody else. */
  readonly authorization?: string;
  readonly body?: string | Buffer | StreamedBody;
  /** The words after "cannot" in error messages. */
  readonly attempt: string;
}

/** A body that is too large to be in memory. */
export interface StreamedBody {
  /** In bytes. */
  readonly length: number;
  /** Begins to read it; once for each time that it is sent. */
  open(): AsyncIterable<Uint8Array>;
}

/** A response whose body must be read to its end or given up with `discard`. */
export interface TransportResponse {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  /** Whether the answer came from the origin that was asked, not from somewhere it redirected to. */
  readonly fromOrigin: boolean;
  /** The raw bytes as they arrive; fails with TransientFailure when they stop coming. */
  body(): AsyncIterable<Uint8Array>;
  discard(): void;
}

/** Enough to keep a connection busy, little enough with several at once. */
const sendBufferBytes = 1024 * 1024;
const maximumRedirects = 5;
const redirectStatuses: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/**
 * Sends requests for one registry: time limits for each phase, redirects followed by hand, and the registry's
 * credentials never outside the origin they are for. `close` ends idle connections.
 */
export class Transport {
  readonly #endpoint: RegistryEndpoint;
  readonly #timeouts: RegistryTimeouts;
  readonly #signal: AbortSignal | undefined;
  readonly #onRequest: RegistryOptions["onRequest"];
  readonly #own: Agents;
  readonly #foreign: Agents;
  readonly #neighbour: Agents;

  constructor(endpoint: RegistryEndpoint, options: RegistryOptions) {
    this.#endpoint = endpoint;
    this.#timeouts = { ...defaultTimeouts, ...options.timeouts };
    this.#signal = options.signal;
    this.#onRequest = options.onRequest;
    const { certificates } = endpoint;
    this.#own = new Agents({ lookup: options.lookup, unverified: endpoint.isInsecure, secure: certificates?.own });
    // Where a stranger sends us, names must not lead back into this machine, and certificates count.
    const lookup = endpoint.isLoopback ? options.lookup : refuseLocalAddresses(options.lookup);
    this.#foreign = new Agents({ lookup, unverified: false, secure: certificates?.others });
    this.#neighbour = new Agents({ lookup, unverified: endpoint.isInsecure, secure: certificates?.others });
  }

  /** @throws EngineError, or TransientFailure when it is worth another attempt. */
  async send(request: TransportRequest): Promise<TransportResponse> {
    const asked = request.url.origin;
    let url = request.url;
    for (let redirects = 0; redirects <= maximumRedirects; redirects += 1) {
      const response = await this.#exchange(request, url);
      if (!redirectStatuses.has(response.status)) return { ...response, fromOrigin: url.origin === asked };
      response.discard();
      if (request.method !== "GET" && request.method !== "HEAD") {
        throw new EngineError(
          "registryProtocol",
          `cannot ${request.attempt}: the registry redirects what is sent to it`,
        );
      }
      url = followRedirect(url, response.headers.get("location"), this.#endpoint);
    }
    throw new EngineError("registryProtocol", `cannot ${request.attempt}: too many redirects`);
  }

  close(): void {
    this.#own.close();
    this.#foreign.close();
    this.#neighbour.close();
  }

  /** What a loopback registry names on loopback too needs no certificate that somebody vouches for; elsewhere it does. */
  #agentsFor(url: URL): Agents {
    if (url.origin === this.#endpoint.origin) return this.#own;
    return this.#endpoint.isLoopback && isLoopbackHost(url.hostname) ? this.#neighbour : this.#foreign;
  }

  async #exchange(request: TransportRequest, url: URL): Promise<Omit<TransportResponse, "fromOrigin">> {
    const { default: fetch } = await import("node-fetch");
    const isOrigin = url.origin === request.url.origin;
    const watch = new Watch(this.#signal, request.attempt);
    watch.allow(this.#timeouts.headersMs);
    const begun = process.hrtime.bigint(); // `performance` would be loaded first
    const tell = (status?: number): void =>
      this.#onRequest?.({
        method: request.method,
        url: `${url.origin}${url.pathname}`,
        ...(status === undefined ? {} : { status }),
        milliseconds: Number(process.hrtime.bigint() - begun) / 1e6,
      });
    const { body } = request;
    const sent = typeof body === "object" && "open" in body ? this.#sending(body, watch) : body;
    try {
      const response = await fetch(url, {
        method: request.method,
        headers: {
          "user-agent": "brig",
          ...request.headers,
          ...(typeof body === "object" && "open" in body ? { "content-length": String(body.length) } : {}),
          ...(isOrigin && request.authorization !== undefined ? { authorization: request.authorization } : {}),
        },
        ...(sent === undefined ? {} : { body: sent }),
        redirect: "manual",
        compress: false,
        agent: this.#agentsFor(url).for(url),
        signal: watch.signal,
      });
      watch.rest();
      tell(response.status);
      return this.#wrap(response, watch);
    } catch (error) {
      watch.rest();
      tell();
      throw watch.explain(error);
    }
  }

  /** As long as bytes are taken the server is not silent; after the last one it may take its time. */
  #sending(body: StreamedBody, watch: Watch): Readable {
    const { stallMs, commitMs } = this.#timeouts;
    const watched = async function* (): AsyncGenerator<Uint8Array> {
      watch.allow(stallMs);
      for await (const chunk of body.open()) {
        yield chunk;
        watch.allow(stallMs);
      }
      watch.allow(commitMs);
    };
    return Readable.from(watched(), { objectMode: false, highWaterMark: sendBufferBytes });
  }

  #wrap(response: Response, watch: Watch): Omit<TransportResponse, "fromOrigin"> {
    const stallMs = this.#timeouts.stallMs;
    const stream = response.body as Readable | null;
    return {
      status: response.status,
      headers: response.headers,
      body: () => readBody(stream, watch, stallMs),
      discard: () => {
        watch.end();
        stream?.destroy();
      },
    };
  }
}

/** Fewer bytes than this within the time that a silence may last are a silence, too. */
const leastProgressBytes = 1024;

async function* readBody(stream: Readable | null, watch: Watch, stallMs: number): AsyncGenerator<Uint8Array> {
  if (stream === null) return;
  let [patienceMs, received] = [stallMs, 0];
  try {
    let since = performance.now();
    watch.allow(patienceMs);
    for await (const chunk of stream) {
      // The consumer's own slowness is not the server's silence.
      watch.rest();
      patienceMs -= performance.now() - since;
      received += (chunk as Uint8Array).length;
      if (received >= leastProgressBytes) [patienceMs, received] = [stallMs, 0];
      yield chunk as Uint8Array;
      since = performance.now();
      watch.allow(Math.max(1, patienceMs));
    }
  } catch (error) {
    throw watch.explain(error);
  } finally {
    watch.end();
    stream.destroy();
  }
}

/** Aborts an exchange when a phase takes too long or the caller wants to stop, and remembers which it was. */
class Watch {
  readonly #controller = new AbortController();
  readonly #outer: AbortSignal | undefined;
  readonly #attempt: string;
  #timer: NodeJS.Timeout | undefined;
  #timedOut = false;
  #ended = false;

  constructor(outer: AbortSignal | undefined, attempt: string) {
    this.#outer = outer;
    this.#attempt = attempt;
    if (outer?.aborted) this.#controller.abort();
    outer?.addEventListener("abort", this.#stop, { once: true });
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  allow(milliseconds: number): void {
    clearTimeout(this.#timer);
    // A body may still be on its way when the answer has come and was dealt with.
    if (this.#ended) return;
    this.#timer = setTimeout(() => {
      this.#timedOut = true;
      this.#controller.abort();
    }, milliseconds);
  }

  rest(): void {
    clearTimeout(this.#timer);
  }

  end(): void {
    this.#ended = true;
    this.rest();
    this.#outer?.removeEventListener("abort", this.#stop);
  }

  explain(error: unknown): unknown {
    this.end();
    if (error instanceof EngineError || error instanceof TransientFailure) return error;
    if (this.#outer?.aborted) return interrupted();
    if (!this.#timedOut) return connectionFailure(error, this.#attempt);
    return connectionFailure(Object.assign(new Error("time is up"), { code: "ETIMEDOUT" }), this.#attempt);
  }

  readonly #stop = (): void => this.#controller.abort();
}

interface AgentOptions {
  readonly lookup: LookupFunction | undefined;
  readonly unverified: boolean;
  readonly secure: SecureContext | undefined;
}

/** Connections are kept and used again within one client. An agent is made for the first of its scheme: TLS is long to load. */
class Agents {
  readonly #options: AgentOptions;
  readonly #made = new Map<"http" | "https", HttpAgent | HttpsAgent>();

  constructor(options: AgentOptions) {
    this.#options = options;
  }

  for(url: URL): HttpAgent | HttpsAgent {
    const scheme = url.protocol === "https:" ? "https" : "http";
    const made = this.#made.get(scheme) ?? makeAgent(scheme, this.#options);
    this.#made.set(scheme, made);
    return made;
  }

  close(): void {
    for (const agent of this.#made.values()) agent.destroy();
  }
}

function makeAgent(scheme: "http" | "https", { lookup, unverified, secure }: AgentOptions): HttpAgent | HttpsAgent {
  const common = { keepAlive: true, ...(lookup === undefined ? {} : { lookup }) };
  if (scheme === "http") return new HttpAgent(common);
  const context = secure === undefined ? {} : { secureContext: secure };
  return new HttpsAgent({ ...common, rejectUnauthorized: !unverified, ...context });
}
