import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import { EngineError } from "../../base/index.ts";
import type { ImageStore } from "../store.ts";
import { type Answer, failure, Refusal } from "./answer.ts";
import { answerRoute, type Registry } from "./answerRoute.ts";
import type { DeleteSettings } from "./deletions.ts";
import { isLoopbackAddress, type ListenAddress, listen } from "./listen.ts";
import { openPasswordFile, type PasswordFile } from "./passwords.ts";
import { Pushes, type PushSettings } from "./pushes.ts";
import { parseRoute } from "./route.ts";

export interface ServeRequest extends ListenAddress {
  /** Listen on an address that other machines may reach. */
  readonly anyAddress?: boolean;
  /** A file of users and bcrypt hashes: only they may do anything. */
  readonly passwords?: string;
  /** Clients can only pull when left out. */
  readonly push?: PushSettings;
  /** Clients that may push may also delete. */
  readonly remove?: DeleteSettings;
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
 * Serves the images of a store as a registry (OCI distribution-spec 1.1). It reads the store anew for each request, so
 * images that come and go are seen at once, and what is pushed is an image of the store. The caller closes it.
 *
 * @throws EngineError `insecureRegistry` for an address beyond loopback without `anyAddress`, or with pushes and without
 * passwords; those of `listen` and of the password file.
 */
export async function serveRegistry(store: ImageStore, request: ServeRequest): Promise<RegistryServer> {
  checkReach(request);
  const passwords = request.passwords === undefined ? undefined : await openPasswordFile(request.passwords);
  const pushes = request.push === undefined ? undefined : new Pushes(store, request.push);
  const registry: Registry = {
    store,
    ...(pushes === undefined ? {} : { pushes }),
    ...(request.remove === undefined ? {} : { deletes: request.remove }),
  };
  const { server, ...where } = await listen(
    request,
    (incoming, response) => void respond({ registry, passwords }, incoming, response),
  );
  const close = async (): Promise<void> => {
    await closeServer(server);
    await pushes?.close();
  };
  return { ...where, close };
}

function checkReach({ host, anyAddress, push, passwords }: ServeRequest): void {
  if (isLoopbackAddress(host)) return;
  if (anyAddress !== true) {
    throw new EngineError("insecureRegistry", `cannot serve images on "${host}": it is not a loopback address`, {
      hint: "listen on 127.0.0.1, or say that any machine that reaches this address may read every image",
    });
  }
  if (push === undefined || passwords !== undefined) return;
  throw new EngineError("insecureRegistry", `cannot take pushes on "${host}" without passwords`, {
    hint: "whoever reaches the address could replace the images that this machine runs: allow pulling only, or give a password file",
  });
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

interface Served {
  readonly registry: Registry;
  readonly passwords: PasswordFile | undefined;
}

/** Never rejects: a failure becomes an answer, or ends the connection when the answer is on its way. */
async function respond(served: Served, request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    const reply = await answer(served, request);
    await send(reply, response);
    await takeOff(request);
  } catch {
    response.destroy();
  }
}

/** So much of a body that nobody wants is taken off a connection, which can then be used again. */
const unwantedBytes = 1 << 20;

async function takeOff(request: IncomingMessage): Promise<void> {
  if (request.readableEnded || request.destroyed) return;
  let size = 0;
  for await (const chunk of request) {
    size += (chunk as Uint8Array).length;
    if (size > unwantedBytes) break;
  }
}

async function answer({ registry, passwords }: Served, request: IncomingMessage): Promise<Answer> {
  const { method = "", url = "", headers } = request;
  try {
    if (passwords !== undefined && !(await passwords.admits(headers.authorization))) return unauthorized();
    const route = parseRoute(method, url);
    if (headers.origin !== undefined && method !== "GET" && method !== "HEAD") return fromBrowser();
    return await answerRoute(registry, route, {
      method,
      headers,
      // Who stops reading a body has something to say about it, on the same connection.
      body: request.iterator({ destroyOnReturn: false }),
    });
  } catch (error) {
    if (error instanceof Refusal) return error.answer;
    // What is wrong with the store is for its owner to read, not for every client: paths stay here.
    return failure(
      "UNKNOWN",
      error instanceof EngineError ? `the image store failed: ${error.code}` : "internal error",
    );
  }
}

function unauthorized(): Answer {
  return failure("UNAUTHORIZED", "authentication required", { "WWW-Authenticate": 'Basic realm="brig"' });
}

/** Browsers name the page that a request comes from; a page must not push to the registry of whoever looks at it. */
function fromBrowser(): Answer {
  return failure("DENIED", "web pages may not change anything here");
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
