import { EngineError } from "../../base/index.ts";
import type { Descriptor } from "../../oci/index.ts";
import type { RepositoryClient } from "./client.ts";
import { TransientFailure } from "./failures.ts";
import { RetryBudget } from "./retry.ts";
import type { TransportResponse } from "./transport.ts";

/** So much progress makes a connection that breaks now and then worth going on with. */
const progressBytes = 1024 * 1024;

/**
 * The bytes of a blob from `offset` to its end, exactly as many as the descriptor says. A connection that breaks is
 * taken up again where it broke; a registry that ignores or misunderstands Range is read from the start and the known
 * bytes are skipped. The caller verifies the digest. `urls` of the descriptor are never followed (SECURITY-BASELINE V50).
 *
 * @throws EngineError: `sizeMismatch` when there is more or another length is announced, `truncatedBlob` when it keeps
 * ending too early, and what requests throw.
 */
export async function* readRemoteBlob(
  client: RepositoryClient,
  descriptor: Descriptor,
  offset: number,
): AsyncGenerator<Uint8Array> {
  const retries = new RetryBudget(client.options);
  let position = offset;
  let useRange = true;
  let lastFailureAt = offset;
  while (position < descriptor.size) {
    try {
      const answer = await openBlob(client, descriptor, useRange ? position : 0);
      if (answer === "rangeRefused") {
        useRange = false;
        continue;
      }
      for await (const chunk of tail(answer, descriptor, position)) {
        position += chunk.length;
        yield chunk;
      }
      if (position < descriptor.size) throw new TransientFailure(truncated(client, descriptor, position));
    } catch (error) {
      if (position - lastFailureAt >= progressBytes) retries.reset();
      lastFailureAt = position;
      await retries.wait(error);
    }
  }
}

interface OpenBlob {
  readonly response: TransportResponse;
  /** Where in the blob the body begins. */
  readonly start: number;
}

async function openBlob(
  client: RepositoryClient,
  { digest, size }: Descriptor,
  offset: number,
): Promise<OpenBlob | "rangeRefused"> {
  const attempt = `get the blob "${digest}" of "${client.name}" from "${client.origin}"`;
  const response = await client
    .request({
      method: "GET",
      path: `blobs/${digest}`,
      headers: { "accept-encoding": "identity", ...(offset === 0 ? {} : { range: `bytes=${offset}-${size - 1}` }) },
      question: { attempt, name: client.name, missing: "blob" },
    })
    .catch((error: unknown) => {
      if (offset > 0 && error instanceof EngineError && error.details.status === 416) return undefined;
      throw error;
    });
  if (response === undefined) return "rangeRefused";
  const start = response.status === 206 ? rangeStart(response.headers.get("content-range")) : 0;
  if (start === undefined || start > offset || (response.status === 206 && offset === 0)) {
    response.discard();
    if (offset > 0) return "rangeRefused";
    throw new EngineError("registryProtocol", `cannot ${attempt}: the registry sent a part that nobody asked for`);
  }
  checkLength(response, { start, size, attempt });
  return { response, start };
}

/** The first byte of `bytes 100-199/200` (RFC 9110, "Content-Range"). */
function rangeStart(header: string | null): number | undefined {
  const match = /^bytes (\d{1,15})-\d{1,15}\/(?:\d{1,15}|\*)$/.exec((header ?? "").slice(0, 80));
  return match === null ? undefined : Number(match[1]);
}

function checkLength(
  response: TransportResponse,
  { start, size, attempt }: { start: number; size: number; attempt: string },
): void {
  const length = response.headers.get("content-length");
  if (length === null || (/^\d{1,15}$/.test(length) && Number(length) === size - start)) return;
  response.discard();
  throw new EngineError(
    "sizeMismatch",
    `cannot ${attempt}: the manifest says ${size - start} bytes, the registry announces ${length.slice(0, 20)}`,
    response.headers.get("content-encoding") === null
      ? {}
      : { hint: "the registry, or a proxy on the way, compresses what it sends although it was asked not to" },
  );
}

/** What of the body lies behind `position`; more than the descriptor's size is an error at once. */
async function* tail(
  { response, start }: OpenBlob,
  descriptor: Descriptor,
  position: number,
): AsyncGenerator<Uint8Array> {
  let at = start;
  for await (const chunk of response.body()) {
    const known = Math.max(0, Math.min(chunk.length, position - at));
    at += chunk.length;
    if (at > descriptor.size) {
      throw new EngineError(
        "sizeMismatch",
        `the blob "${descriptor.digest}" is larger than the ${descriptor.size} bytes of its manifest`,
        { hint: "the registry or something on the way changed it" },
      );
    }
    if (known < chunk.length) yield known === 0 ? chunk : chunk.subarray(known);
  }
}

function truncated(client: RepositoryClient, { digest, size }: Descriptor, position: number): EngineError {
  return new EngineError(
    "truncatedBlob",
    `the blob "${digest}" of "${client.name}" ended after ${position} of ${size} bytes`,
    { hint: "run the pull again: it goes on where it stopped" },
  );
}
