import { setTimeout as sleep } from "node:timers/promises";
import { EngineError } from "../../base/index.ts";
import { TransientFailure } from "./failures.ts";
import { defaultRetries, type RegistryOptions, type RetryPolicy } from "./options.ts";

/**
 * Runs `attempt` until it succeeds, fails for good, or has used up its attempts; waits longer each time. Only a
 * TransientFailure is worth another attempt; its last one surfaces as the EngineError inside.
 */
export async function withRetries<T>(options: RegistryOptions, attempt: () => Promise<T>): Promise<T> {
  const retries = new RetryBudget(options);
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      await retries.wait(error);
    }
  }
}

/** Counts attempts and waits between them. */
export class RetryBudget {
  readonly #policy: RetryPolicy;
  readonly #signal: AbortSignal | undefined;
  #failures = 0;

  constructor({ retries, signal }: RegistryOptions) {
    this.#policy = { ...defaultRetries, ...retries };
    this.#signal = signal;
  }

  /** Returns when it is time for the next attempt; throws `error`, unwrapped, when there shall be none. */
  async wait(error: unknown): Promise<void> {
    if (this.#signal?.aborted) throw interrupted();
    if (!(error instanceof TransientFailure)) throw error;
    this.#failures += 1;
    if (this.#failures >= this.#policy.attempts) throw error.failure;
    const delay = retryDelay({ failures: this.#failures, policy: this.#policy, asked: error.retryAfterMs });
    await sleep(delay, undefined, this.#signal === undefined ? {} : { signal: this.#signal }).catch(() => {
      throw interrupted();
    });
  }

  /** Something went well since the last failure: the count starts again. */
  reset(): void {
    this.#failures = 0;
  }
}

interface DelayQuestion {
  readonly failures: number;
  readonly policy: RetryPolicy;
  readonly asked: number | undefined;
}

/** Exponential, with up to half of it random so that many clients do not come back together; never beyond the bound. */
export function retryDelay({ failures, policy, asked }: DelayQuestion): number {
  const exponential = policy.firstDelayMs * 2 ** (failures - 1);
  const jittered = exponential * (0.5 + Math.random() / 2);
  return Math.min(Math.max(jittered, asked ?? 0), policy.longestDelayMs);
}

/** Milliseconds that a Retry-After header asks for (RFC 9110: seconds, or a date); undefined when it says nothing. */
export function parseRetryAfter(header: string | null, now: number): number | undefined {
  if (header === null || header.length > 64) return undefined;
  if (/^\d{1,9}$/.test(header)) return Number(header) * 1000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

export function interrupted(): EngineError {
  return new EngineError("interrupted", "the transfer was interrupted");
}
