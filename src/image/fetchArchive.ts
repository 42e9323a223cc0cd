import { EngineError } from "../base/index.ts";

const patienceMs = 60_000;

/**
 * The bytes behind an `http` or `https` URL that a user gives.
 *
 * @throws EngineError `invalidValue` for another kind of URL, `registryUnreachable` when nothing answers, or not well.
 */
export async function* fetchArchive(text: string, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || (url.protocol !== "http:" && url.protocol !== "https:")) {
    throw new EngineError(
      "invalidValue",
      `cannot download from ${JSON.stringify(text.slice(0, 200))}: not a web address`,
    );
  }
  const { default: fetch } = await import("node-fetch");
  const shown = `${url.origin}${url.pathname}`; // whatever is secret in an address is in its other parts
  const fail = (reason: string, cause?: unknown) =>
    new EngineError("registryUnreachable", `cannot download "${shown}": ${reason}`, { cause });
  try {
    const response = await answered((stop) => fetch(url.href, { signal: stop as never, follow: 10 }), signal); // node-fetch has its own type for it
    if (!response.ok || response.body === null) throw fail(`the server answered with status ${response.status}`);
    for await (const chunk of response.body) yield Buffer.from(chunk);
  } catch (error) {
    throw error instanceof EngineError ? error : fail(error instanceof Error ? error.message : String(error), error);
  }
}

/** Gives up when no answer comes; the body may then take as long as it takes. */
async function answered<Answer>(ask: (stop: AbortSignal) => Promise<Answer>, signal: AbortSignal): Promise<Answer> {
  const waiting = new AbortController();
  const timer = setTimeout(() => waiting.abort(), patienceMs);
  try {
    return await ask(AbortSignal.any([signal, waiting.signal]));
  } finally {
    clearTimeout(timer);
  }
}
