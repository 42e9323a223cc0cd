import { EngineError } from "../../base/index.ts";
import type { TransportResponse } from "./transport.ts";

/**
 * The whole body of a response, at most `maxBytes`.
 *
 * @throws EngineError `limitExceeded`, and what the transport throws.
 */
export async function readBounded(response: TransportResponse, maxBytes: number, attempt: string): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body()) {
    length += chunk.length;
    if (length > maxBytes) {
      throw new EngineError("limitExceeded", `cannot ${attempt}: the answer is larger than ${maxBytes} bytes`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, length);
}
