import type { LookupFunction } from "node:net";
import type { CredentialSource } from "../credentials.ts";

export interface RegistryOptions {
  /** Registries, as references name them, that may use plain HTTP or a certificate that nobody vouches for. */
  readonly insecureRegistries?: readonly string[];
  readonly credentials?: CredentialSource;
  readonly timeouts?: Partial<RegistryTimeouts>;
  readonly retries?: Partial<RetryPolicy>;
  /** The resolver; the system's when left out. */
  readonly lookup?: LookupFunction;
  readonly signal?: AbortSignal;
}

export interface RegistryTimeouts {
  /** From the start of a request to its response headers. */
  readonly headersMs: number;
  /** The longest silence in the middle of a body. */
  readonly stallMs: number;
}

export interface RetryPolicy {
  readonly attempts: number;
  readonly firstDelayMs: number;
  /** The longest wait, also when a server asks for more with Retry-After. */
  readonly longestDelayMs: number;
}

export const defaultTimeouts: RegistryTimeouts = { headersMs: 30_000, stallMs: 60_000 };
export const defaultRetries: RetryPolicy = { attempts: 5, firstDelayMs: 500, longestDelayMs: 60_000 };
