import type { LookupFunction } from "node:net";
import type { CredentialSource } from "../credentials.ts";

export interface RegistryOptions {
  /** Registries, as references name them, that may use plain HTTP or a certificate that nobody vouches for. */
  readonly insecureRegistries?: readonly string[];
  /** Registries, as references name them, that are not to be spoken to. */
  readonly blockedRegistries?: readonly string[];
  /** For a registry the places that are asked before it, each `host[:port][/path]`, in the order to try. */
  readonly mirrors?: ReadonlyMap<string, readonly string[]>;
  readonly credentials?: CredentialSource;
  /** Ask token servers for a token that can take the place of the password. */
  readonly wantsIdentityToken?: boolean;
  /** Certificates by registry, as in /etc/docker/certs.d; none are read when left out. */
  readonly certificateDirectory?: string;
  readonly timeouts?: Partial<RegistryTimeouts>;
  readonly retries?: Partial<RetryPolicy>;
  /** The resolver; the system's when left out. */
  readonly lookup?: LookupFunction;
  /** Told of each request, also of those to where a registry sends us. */
  readonly onRequest?: (request: SeenRequest) => void;
  readonly signal?: AbortSignal;
}

export interface SeenRequest {
  readonly method: string;
  /** Without what follows a question mark: there may be signatures in it. */
  readonly url: string;
  /** Absent when no answer came. */
  readonly status?: number;
  /** Until the headers of the answer were there. */
  readonly milliseconds: number;
}

export interface RegistryTimeouts {
  /** From the start of a request to its response headers. */
  readonly headersMs: number;
  /** The longest silence in the middle of a body. */
  readonly stallMs: number;
  /** From the last byte of an upload to its answer: some registries put the parts together only then. */
  readonly commitMs: number;
}

export interface RetryPolicy {
  readonly attempts: number;
  readonly firstDelayMs: number;
  /** The longest wait, also when a server asks for more with Retry-After. */
  readonly longestDelayMs: number;
}

/** Where Docker looks for the certificates of registries (docs.docker.com/engine/security/certificates). */
export const defaultCertificateDirectory = "/etc/docker/certs.d";
export const defaultTimeouts: RegistryTimeouts = { headersMs: 30_000, stallMs: 60_000, commitMs: 300_000 };
export const defaultRetries: RetryPolicy = { attempts: 5, firstDelayMs: 500, longestDelayMs: 60_000 };
