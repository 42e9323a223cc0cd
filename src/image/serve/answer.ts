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

/** The error codes of the distribution specification ("Error Codes") that a registry for pulling needs, and ours. */
const failures = {
  BLOB_UNKNOWN: 404,
  DIGEST_INVALID: 400,
  MANIFEST_UNKNOWN: 404,
  NAME_UNKNOWN: 404,
  PAGINATION_NUMBER_INVALID: 400,
  RANGE_INVALID: 416,
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

export function json(value: object, { status = 200, headers = {} }: Partial<Answer> = {}): Answer {
  const body = Buffer.from(JSON.stringify(value));
  return { status, headers: { "Content-Type": "application/json", "Content-Length": body.length, ...headers }, body };
}
