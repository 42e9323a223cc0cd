import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import type { LookupFunction } from "node:net";
import type { Readable } from "node:stream";
import type { Response } from "node-fetch";
import { EngineError } from "../../base/index.ts";
import { refuseLocalAddresses } from "./addresses.ts";
import type { RegistryEndpoint } from "./endpoint.ts";
import { connectionFailure, TransientFailure } from "./failures.ts";
import { defaultTimeouts, type RegistryOptions, type RegistryTimeouts } from "./options.ts";
import { interrupted } from "./retry.ts";
import { followRedirect } from "./target.ts";

export interface TransportRequest {
  readonly url: URL;
  readonly method: "GET" | "HEAD" | "POST";
  readonly headers: Readonly<Record<string, string>>;
  /** Sent to the origin of `url` and to nobody else. */
  readonly authorization?: string;
  readonly body?: string;
  /** The words after "cannot" in error messages. */
  readonly attempt: string;
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
  readonly #own: Agents;
  readonly #foreign: Agents;

  constructor(endpoint: RegistryEndpoint, options: RegistryOptions) {
    this.#endpoint = endpoint;
    this.#timeouts = { ...defaultTimeouts, ...options.timeouts };
    this.#signal = options.signal;
    this.#own = new Agents({ lookup: options.lookup, unverified: endpoint.isInsecure });
    // Where a stranger sends us, names must not lead back into this machine, and certificates count.
    const lookup = endpoint.isLoopback ? options.lookup : refuseLocalAddresses(options.lookup);
    this.#foreign = new Agents({ lookup, unverified: endpoint.isLoopback });
  }

  /** @throws EngineError, or TransientFailure when it is worth another attempt. */
  async send(request: TransportRequest): Promise<TransportResponse> {
    const asked = request.url.origin;
    let url = request.url;
    for (let redirects = 0; redirects <= maximumRedirects; redirects += 1) {
      const response = await this.#exchange(request, url);
      if (!redirectStatuses.has(response.status)) return { ...response, fromOrigin: url.origin === asked };
      response.discard();
      if (request.method === "POST") break;
      url = followRedirect(url, response.headers.get("location"), this.#endpoint);
    }
    throw new EngineError("registryProtocol", `cannot ${request.attempt}: too many redirects`);
  }

  close(): void {
    this.#own.close();
    this.#foreign.close();
  }

  async #exchange(request: TransportRequest, url: URL): Promise<Omit<TransportResponse, "fromOrigin">> {
    const { default: fetch } = await import("node-fetch");
    const isOrigin = url.origin === request.url.origin;
    const watch = new Watch(this.#signal, request.attempt);
    watch.allow(this.#timeouts.headersMs);
    try {
      const response = await fetch(url, {
        method: request.method,
        headers: {
          "user-agent": "brig",
          ...request.headers,
          ...(isOrigin && request.authorization !== undefined ? { authorization: request.authorization } : {}),
        },
        ...(request.body === undefined ? {} : { body: request.body }),
        redirect: "manual",
        compress: false,
        agent: (url.origin === this.#endpoint.origin ? this.#own : this.#foreign).for(url),
        signal: watch.signal,
      });
      watch.rest();
      return this.#wrap(response, watch);
    } catch (error) {
      watch.rest();
      throw watch.explain(error);
    }
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

async function* readBody(stream: Readable | null, watch: Watch, stallMs: number): AsyncGenerator<Uint8Array> {
  if (stream === null) return;
  try {
    watch.allow(stallMs);
    for await (const chunk of stream) {
      // The consumer's own slowness is not the server's silence.
      watch.rest();
      yield chunk as Uint8Array;
      watch.allow(stallMs);
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
    this.#timer = setTimeout(() => {
      this.#timedOut = true;
      this.#controller.abort();
    }, milliseconds);
  }

  rest(): void {
    clearTimeout(this.#timer);
  }

  end(): void {
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

/** Connections are kept and used again within one client. */
class Agents {
  readonly #http: HttpAgent;
  readonly #https: HttpsAgent;

  constructor({ lookup, unverified }: { lookup: LookupFunction | undefined; unverified: boolean }) {
    const resolving = lookup === undefined ? {} : { lookup };
    this.#http = new HttpAgent({ keepAlive: true, ...resolving });
    this.#https = new HttpsAgent({ keepAlive: true, rejectUnauthorized: !unverified, ...resolving });
  }

  for(url: URL): HttpAgent | HttpsAgent {
    return url.protocol === "https:" ? this.#https : this.#http;
  }

  close(): void {
    this.#http.destroy();
    this.#https.destroy();
  }
}
