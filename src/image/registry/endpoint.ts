import { connect } from "node:tls";
import { EngineError } from "../../base/index.ts";
import { isLoopbackHost } from "./addresses.ts";
import { type RegistryCertificates, readCertificates } from "./certificates.ts";
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
  readonly certificates?: RegistryCertificates;
}

const probeTimeoutMs = 2000;

/**
 * Finds the address of a registry. Docker Hub is served by registry-1.docker.io. Everything is HTTPS, with no way
 * back to plain HTTP, except loopback registries and those configured as insecure: these are asked with a TLS
 * handshake, which carries no secret, and are spoken to in plain HTTP when they do not understand it. A registry with
 * a certificate authority of its own is none of them.
 *
 * @throws EngineError `registryBlocked`.
 */
export async function findEndpoint(registry: string, options: RegistryOptions): Promise<RegistryEndpoint> {
  requireAllowed(registry, options);
  const host = registry === "docker.io" ? "registry-1.docker.io" : registry;
  const { hostname, port } = new URL(`https://${host}`);
  const isLoopback = isLoopbackHost(hostname);
  const directory = options.certificateDirectory;
  const certificates = directory === undefined ? undefined : readCertificates(directory, registry);
  const mayBeInsecure = isLoopback || (options.insecureRegistries ?? []).includes(registry);
  const isInsecure = mayBeInsecure && certificates?.hasAuthority !== true;
  const scheme = !isInsecure || (await speaksTls(hostname, port, options)) ? "https" : "http";
  const { origin } = new URL(`${scheme}://${host}`);
  return { registry, origin, isLoopback, isInsecure, ...(certificates === undefined ? {} : { certificates }) };
}

/** @throws EngineError `registryBlocked`. */
export function requireAllowed(registry: string, { blockedRegistries = [] }: RegistryOptions): void {
  if (!blockedRegistries.includes(registry)) return;
  throw new EngineError("registryBlocked", `the registry "${registry}" is blocked by the configuration`, {
    hint: '"brig config show --origin" says where that is written',
  });
}

function speaksTls(hostname: string, port: string, { lookup, signal }: RegistryOptions): Promise<boolean> {
  const host = hostname.replace(/^\[|\]$/g, "");
  return new Promise((resolve) => {
    const socket = connect({
      host,
      port: port === "" ? 443 : Number(port),
      rejectUnauthorized: false,
      ca: [], // nobody is believed here, and to read those that Node believes takes 20 ms
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
