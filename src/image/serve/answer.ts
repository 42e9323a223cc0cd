import type { FileHandle } from "node:fs/promises";

/** A response before it is sent. The sender closes a file, whatever happens. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | number>>;
  readonly body: Uint8Array | FileSlice;
}

/** `length` bytes of an open file from `start`. */
export interface FileSlice {
  readonly file: FileHandle;
  readonly start: number;
  readonly length: number;
}

/** The error codes of the distribution specification ("Error Codes"), Docker's for tags and ranges, and ours. */
const failures = {
  BLOB_UNKNOWN: 404,
  BLOB_UPLOAD_INVALID: 409,
  BLOB_UPLOAD_UNKNOWN: 404,
  DENIED: 403,
  DIGEST_INVALID: 400,
  MANIFEST_BLOB_UNKNOWN: 404,
  MANIFEST_INVALID: 400,
  MANIFEST_UNKNOWN: 404,
  NAME_INVALID: 400,
  NAME_UNKNOWN: 404,
  PAGINATION_NUMBER_INVALID: 400,
  RANGE_INVALID: 416,
  SIZE_INVALID: 413,
  TAG_INVALID: 400,
  TOOMANYREQUESTS: 429,
  UNAUTHORIZED: 401,
  UNSUPPORTED: 405,
  NOT_FOUND: 404,
  URI_TOO_LONG: 414,
  UNKNOWN: 500,
} as const;

export type FailureCode = keyof typeof failures;

/** A failure in the specification's JSON form. */
export function failure(code: FailureCode, message: string, headers: Answer["headers"] = {}): Answer {
  return json({ errors: [{ code, message, detail: null }] }, { status: failures[code], headers });
}

/** Ends the work on a request with an answer that says what is wrong with it. */
export class Refusal extends Error {
  readonly answer: Answer;

  constructor(code: FailureCode, message: string, headers: Answer["headers"] = {}) {
    super(message);
    this.answer = failure(code, message, headers);
  }
}

export function json(value: object, { status = 200, headers = {} }: Partial<Answer> = {}): Answer {
  const body = Buffer.from(JSON.stringify(value));
  return { status, headers: { "Content-Type": "application/json", "Content-Length": body.length, ...headers }, body };
}

/** A success that says everything in its headers. */
export function done(status: 201 | 202 | 204, headers: Answer["headers"]): Answer {
  return { status, headers: { ...headers, ...(status === 204 ? {} : { "Content-Length": 0 }) }, body: Buffer.alloc(0) };
}

export function unknownName(name: string): Answer {
  return failure("NAME_UNKNOWN", `the image store has no repository "${name}"`);
}

/** What a client knows a manifest or blob by. */
export function identity(digest: string): Answer["headers"] {
  return { "Docker-Content-Digest": digest, ETag: `"${digest}"` };
}
