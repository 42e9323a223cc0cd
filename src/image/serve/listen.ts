import { readFileSync } from "node:fs";
import { createServer, type RequestListener, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { isIPv4 } from "node:net";
import { describeErrno, EngineError, errnoOf, fileSystemError } from "../../base/index.ts";

export interface ListenAddress {
  /** An address, or `localhost`. */
  readonly host: string;
  /** 0 for any free port. */
  readonly port: number;
  /** PEM files; without them it is plain HTTP. */
  readonly tls?: { readonly certificate: string; readonly key: string };
}

/** A connection that moves no byte for this long is closed. */
const idleMs = 60_000;
/** A request as a whole has no time limit, since a large blob takes its time; its head has, and so has every pause. */
const limits = { maxHeaderSize: 16_384, headersTimeout: 10_000, requestTimeout: 0, keepAliveTimeout: 5_000 };

/** Whether only this machine reaches the address. */
export function isLoopbackAddress(host: string): boolean {
  return host === "::1" || host === "localhost" || (isIPv4(host) && host.startsWith("127."));
}

/**
 * Listens and returns the server with its host, port and URL. The caller closes it.
 *
 * @throws EngineError `busy` when the port is taken, `invalidValue` when the address is not one of this machine or the
 * certificate cannot be used, `fileSystem`.
 */
export async function listen(
  { host: named, port: wanted, tls }: ListenAddress,
  listener: RequestListener,
): Promise<{ readonly server: Server; readonly host: string; readonly port: number; readonly url: string }> {
  const host = named === "localhost" ? "127.0.0.1" : named;
  const server = tls === undefined ? createServer(limits, listener) : tlsServer(tls, listener);
  server.maxConnections = 256;
  server.setTimeout(idleMs);
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error) => reject(cannotListen(error, `${host}:${wanted}`)));
    server.listen({ host, port: wanted }, resolve);
  });
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : wanted;
  const scheme = tls === undefined ? "http" : "https";
  return { server, host, port, url: `${scheme}://${host.includes(":") ? `[${host}]` : host}:${port}` };
}

function tlsServer({ certificate, key }: { certificate: string; key: string }, listener: RequestListener): Server {
  const [cert, secret] = [readPem(certificate), readPem(key)];
  try {
    return createTlsServer({ ...limits, cert, key: secret, minVersion: "TLSv1.2" }, listener);
  } catch (cause) {
    throw new EngineError("invalidValue", `cannot use the certificate "${certificate}" with the key "${key}"`, {
      hint: "both are PEM files, and the key is the one of the certificate",
      cause,
    });
  }
}

function readPem(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw fileSystemError(error, "read", path);
  }
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
