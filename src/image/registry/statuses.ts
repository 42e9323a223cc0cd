import { EngineError, type ErrorCode } from "../../base/index.ts";
import { sanitize, TransientFailure } from "./failures.ts";
import { formatRateLimit, parseRateLimit } from "./rateLimit.ts";
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
  /** What a refusal refuses; a pull when left out. */
  readonly access?: "pull" | "push" | "login" | "search";
}

/**
 * Returns for a success. Otherwise reads what the registry says, gives the response up and throws: 429 and 5xx as a
 * TransientFailure, the rest as the EngineError that fits.
 */
export async function checkStatus(response: TransportResponse, question: StatusQuestion): Promise<void> {
  if (response.status >= 200 && response.status < 300) return;
  const said = await readErrorText(response);
  const failure = statusFailure(response, question, said);
  const mayRecover =
    response.status === 429 || response.status === 408 || (response.status >= 500 && response.status !== 501);
  if (!mayRecover) throw failure;
  throw new TransientFailure(failure, parseRetryAfter(response.headers.get("retry-after"), Date.now()));
}

function statusFailure(response: TransportResponse, question: StatusQuestion, said: string): EngineError {
  const { status } = response;
  const { name, attempt } = question;
  const quote = said === "" ? "" : `: ${said}`;
  const details = { status, ...(said === "" ? {} : { said }) };
  const fail = (code: ErrorCode, message: string, hint?: string): EngineError =>
    new EngineError(code, message, { details, ...(hint === undefined ? {} : { hint }) });
  if (status === 401 || status === 403) {
    return fail(
      status === 401 ? "registryUnauthorized" : "registryDenied",
      refusal(status, question, said),
      question.access === "login" ? loginHint : deniedHint,
    );
  }
  if (status === 405 && question.access === "push") {
    return fail("registryDenied", `cannot ${attempt}: the registry takes no uploads (405)${quote}`, "it is read-only");
  }
  if (status === 404 && question.missing === "manifest") {
    return fail("registryNotFound", `manifest for ${name} not found: manifest unknown`, "check the name and the tag");
  }
  if (status === 404) return fail("registryNotFound", `cannot ${attempt}: not found (404)${quote}`);
  if (status === 429) {
    const hint = "the registry limits requests; wait, or log in for a higher limit";
    const rateLimit = parseRateLimit(response.headers);
    const granted = rateLimit === undefined ? "" : `, ${formatRateLimit(rateLimit)}`;
    return fail("registryRateLimited", `cannot ${attempt}: too many requests (429)${granted}${quote}`, hint);
  }
  return fail("registryProtocol", `cannot ${attempt}: the registry answered ${status}${quote}`);
}

const loginHint = "check the user name and the password";
const deniedHint = 'check the name and the credentials; "brig login" and "docker login" store them';

/** Docker's sentences, which scripts look for. */
function refusal(status: 401 | 403, { access = "pull", attempt, name }: StatusQuestion, said: string): string {
  if (access === "pull") {
    const sentence = `pull access denied for ${name}, repository does not exist or may require 'docker login'`;
    return status === 401 || said === "" ? sentence : `${sentence}: ${said}`;
  }
  if (status === 403) return `cannot ${attempt}: denied: ${said === "" ? deniedWords : said}`;
  const words = access === "login" ? "incorrect username or password" : "authentication required";
  return `cannot ${attempt}: unauthorized: ${words}`;
}

const deniedWords = "requested access to the resource is denied";

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
    return typeof message === "string" ? withoutSecrets(message.slice(0, 4096)).slice(0, 300) : "";
  });
  return messages.filter((message) => message !== "").join("; ");
}

/** A registry that repeats the Authorization header that it was sent must not bring it into a log. */
function withoutSecrets(text: string): string {
  return text.replace(/\b(basic|bearer)[\s:]+[A-Za-z0-9+/=._~-]+/gi, "$1 ***");
}
