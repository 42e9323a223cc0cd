import { connect } from "node:tls";
import { isLoopbackHost } from "./addresses.ts";
import type { RegistryOptions } from "./options.ts";

/** Where a registry is, and what may be done with it. */
export interface RegistryEndpoint {
  /** The registry as references name it: `docker.io`. */
  readonly registry: string;
  /** Scheme, host and port: what credentials are bound to. */
  readonly origin: string;
  readonly isLoopback: boolean;
  /** Plain HTTP, or a certificate that nobody vouches for, is fine for this one registry. */
  readonly isInsecure: boolean;
}

const probeTimeoutMs = 2000;

/**
 * Finds the address of a registry. Docker Hub is served by registry-1.docker.io. Everything is HTTPS, with no way
 * back to plain HTTP, except loopback registries and those configured as insecure: these are asked with a TLS
 * handshake, which carries no secret, and are spoken to in plain HTTP when they do not understand it.
 */
export async function findEndpoint(registry: string, options: RegistryOptions): Promise<RegistryEndpoint> {
  const host = registry === "docker.io" ? "registry-1.docker.io" : registry;
  const { hostname, port } = new URL(`https://${host}`);
  const isLoopback = isLoopbackHost(hostname);
  const isInsecure = isLoopback || (options.insecureRegistries ?? []).includes(registry);
  const scheme = !isInsecure || (await speaksTls(hostname, port, options)) ? "https" : "http";
  return { registry, origin: new URL(`${scheme}://${host}`).origin, isLoopback, isInsecure };
}

function speaksTls(hostname: string, port: string, { lookup, signal }: RegistryOptions): Promise<boolean> {
  const host = hostname.replace(/^\[|\]$/g, "");
  return new Promise((resolve) => {
    const socket = connect({
      host,
      port: port === "" ? 443 : Number(port),
      rejectUnauthorized: false,
      timeout: probeTimeoutMs,
      ...(lookup === undefined ? {} : { lookup }),
    });
    const answer = (speaks: boolean): void => {
      signal?.removeEventListener("abort", giveUp);
      socket.destroy();
      resolve(speaks);
    };
    const giveUp = (): void => answer(false);
    signal?.addEventListener("abort", giveUp);
    socket.once("secureConnect", () => answer(true));
    // A plain server answers the handshake with an HTTP error or hangs up; a refused connection is reported by the
    // request that follows.
    socket.once("error", giveUp);
    socket.once("close", giveUp);
    socket.once("timeout", giveUp);
  });
}
