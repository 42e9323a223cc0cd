import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { isIPv4 } from "node:net";
import { pipeline } from "node:stream/promises";
import { describeErrno, EngineError, errnoOf } from "../../base/index.ts";
import type { ImageStore } from "../store.ts";
import { type Answer, failure } from "./answer.ts";
import { answerRoute } from "./answers.ts";
import { parseRoute } from "./route.ts";

export interface ListenRequest {
  /** An address, or `localhost`. */
  readonly host: string;
  /** 0 for any free port. */
  readonly port: number;
  /** Listen on an address that other machines may reach: they can then read every image, without a password. */
  readonly anyAddress?: boolean;
}

export interface RegistryServer {
  readonly host: string;
  readonly port: number;
  /** `http://127.0.0.1:5000`. */
  readonly url: string;
  /** Stops listening and ends what is under way. Idempotent. */
  close(): Promise<void>;
}

/**
 * Serves the images of a store as a registry for pulling (OCI distribution-spec 1.1, "Pull"). It reads the store anew
 * for each request, so images that come and go are seen at once. The caller closes it.
 *
 * @throws EngineError `insecureRegistry` for an address beyond loopback without `anyAddress`, `busy` when the port
 * is taken, `invalidValue` when the address is not one of this machine.
 */
export async function serveRegistry(store: ImageStore, request: ListenRequest): Promise<RegistryServer> {
  const host = request.host === "localhost" ? "127.0.0.1" : request.host;
  if (!isLoopback(host) && request.anyAddress !== true) {
    throw new EngineError(
      "insecureRegistry",
      `cannot serve images on "${request.host}": it is not a loopback address`,
      {
        hint: "listen on 127.0.0.1, or say that any machine that reaches this address may read every image",
      },
    );
  }
  const server = createServer(limits, (incoming, response) => void respond(store, incoming, response));
  server.maxConnections = 256;
  server.setTimeout(idleMs);
  await listen(server, host, request.port);
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : request.port;
  return { host, port, url: `http://${host.includes(":") ? `[${host}]` : host}:${port}`, close: () => close(server) };
}

/** A connection that moves no byte for this long is closed. */
const idleMs = 60_000;
const limits = { maxHeaderSize: 16_384, headersTimeout: 10_000, requestTimeout: 30_000, keepAliveTimeout: 5_000 };

function isLoopback(host: string): boolean {
  return host === "::1" || (isIPv4(host) && host.startsWith("127."));
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error) => reject(cannotListen(error, `${host}:${port}`)));
    server.listen({ host, port }, resolve);
  });
}

function cannotListen(error: Error, address: string): unknown {
  const errno = errnoOf(error);
  if (errno === "EADDRINUSE") {
    return new EngineError("busy", `cannot listen on "${address}": something else listens there (EADDRINUSE)`, {
      hint: "choose another port, or 0 for any free one",
      cause: error,
    });
  }
  return new EngineError("invalidValue", `cannot listen on "${address}": ${describeErrno(errno ?? error.message)}`, {
    hint: "listen on 127.0.0.1 and a port above 1023",
    cause: error,
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

/** Never rejects: a failure becomes an answer, or ends the connection when the answer is on its way. */
async function respond(store: ImageStore, request: IncomingMessage, response: ServerResponse): Promise<void> {
  // Nothing that is sent along is wanted, but it has to be taken off the connection.
  request.resume();
  try {
    await send(await answer(store, request), response);
  } catch {
    response.destroy();
  }
}

async function answer(store: ImageStore, { method, url, headers }: IncomingMessage): Promise<Answer> {
  try {
    const ifRange = headers["if-range"];
    return await answerRoute(store, parseRoute(method ?? "", url ?? ""), {
      range: headers.range,
      ifRange: Array.isArray(ifRange) ? "" : ifRange,
    });
  } catch (error) {
    // What is wrong with the store is for its owner to read, not for every client: paths stay here.
    return failure(
      "UNKNOWN",
      error instanceof EngineError ? `the image store failed: ${error.code}` : "internal error",
    );
  }
}

async function send({ status, headers, body }: Answer, response: ServerResponse): Promise<void> {
  response.writeHead(status, { "Docker-Distribution-API-Version": "registry/2.0", ...headers });
  const headOnly = response.req.method === "HEAD";
  if (body instanceof Uint8Array) {
    response.end(headOnly ? undefined : body);
    return;
  }
  const { file, start, length } = body;
  try {
    if (headOnly || length === 0) response.end();
    else
      await pipeline(
        file.createReadStream({ start, end: start + length - 1, highWaterMark: 1 << 18, autoClose: false }),
        response,
      );
  } finally {
    await file.close();
  }
}
