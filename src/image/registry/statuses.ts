import { EngineError, type ErrorCode } from "../../base/index.ts";
import { sanitize, TransientFailure } from "./failures.ts";
import { parseRetryAfter } from "./retry.ts";
import type { TransportResponse } from "./transport.ts";

const maximumErrorBody = 1024 * 1024;

export interface StatusQuestion {
  /** The words after "cannot". */
  readonly attempt: string;
  /** What was asked for, in the user's words: `alpine:3.20`. */
  readonly name: string;
  /** What a 404 means. */
  readonly missing?: "manifest" | "blob" | "repository";
}

/**
 * Returns for a success. Otherwise reads what the registry says, gives the response up and throws: 429 and 5xx as a
 * TransientFailure, the rest as the EngineError that fits.
 */
export async function checkStatus(response: TransportResponse, question: StatusQuestion): Promise<void> {
  if (response.status >= 200 && response.status < 300) return;
  const said = await readErrorText(response);
  const failure = statusFailure(response.status, question, said);
  const mayRecover =
    response.status === 429 || response.status === 408 || (response.status >= 500 && response.status !== 501);
  if (!mayRecover) throw failure;
  throw new TransientFailure(failure, parseRetryAfter(response.headers.get("retry-after"), Date.now()));
}

function statusFailure(status: number, question: StatusQuestion, said: string): EngineError {
  const { name, attempt } = question;
  const quote = said === "" ? "" : `: ${said}`;
  const details = { status, ...(said === "" ? {} : { said }) };
  const fail = (code: ErrorCode, message: string, hint?: string): EngineError =>
    new EngineError(code, message, { details, ...(hint === undefined ? {} : { hint }) });
  if (status === 401) return fail("registryUnauthorized", accessDenied(name), deniedHint);
  if (status === 403) return fail("registryDenied", `${accessDenied(name)}${quote}`, deniedHint);
  if (status === 404 && question.missing === "manifest") {
    return fail("registryNotFound", `manifest for ${name} not found: manifest unknown`, "check the name and the tag");
  }
  if (status === 404) return fail("registryNotFound", `cannot ${attempt}: not found (404)${quote}`);
  if (status === 429) {
    const hint = "the registry limits requests; wait, or log in for a higher limit";
    return fail("registryRateLimited", `cannot ${attempt}: too many requests (429)${quote}`, hint);
  }
  return fail("registryProtocol", `cannot ${attempt}: the registry answered ${status}${quote}`);
}

const deniedHint = 'check the name; brig uses the credentials that "docker login" stores';

/** Docker's sentence, which scripts look for. */
function accessDenied(name: string): string {
  return `pull access denied for ${name}, repository does not exist or may require 'docker login'`;
}

/** The messages of an error body (distribution-spec, "Error Codes"), fit for a terminal. */
async function readErrorText(response: TransportResponse): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const chunk of response.body()) {
      chunks.push(chunk);
      length += chunk.length;
      if (length >= maximumErrorBody) break;
    }
    return sanitize(messagesOf(JSON.parse(Buffer.concat(chunks).subarray(0, maximumErrorBody).toString("utf8"))));
  } catch {
    // The status says enough; what could not be read or is not JSON does not help anybody.
    return "";
  }
}

function messagesOf(value: unknown): string {
  const errors = typeof value === "object" && value !== null && "errors" in value ? value.errors : undefined;
  if (!Array.isArray(errors)) return "";
  const messages = errors.slice(0, 3).map((error: unknown) => {
    const message = typeof error === "object" && error !== null && "message" in error ? error.message : undefined;
    return typeof message === "string" ? message.slice(0, 300) : "";
  });
  return messages.filter((message) => message !== "").join("; ");
}
