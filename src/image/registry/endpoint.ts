import { connect } from "node:net";
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

/**
 * Sends the first message of a TLS handshake and looks at the first byte that comes back: whoever speaks TLS answers with a
 * record, be it an alert; a plain server with an HTTP error, or it hangs up. A refused connection is reported by the request
 * that follows. A whole handshake would say no more, and would fail where a client certificate is asked for.
 */
function speaksTls(hostname: string, port: string, { lookup, signal }: RegistryOptions): Promise<boolean> {
  const host = hostname.replace(/^\[|\]$/g, "");
  return new Promise((resolve) => {
    const socket = connect({
      host,
      port: port === "" ? 443 : Number(port),
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
    socket.once("connect", () => socket.write(clientHello()));
    socket.once("data", ([type]: Uint8Array) => answer(type === recordTypes.alert || type === recordTypes.handshake));
    socket.once("error", giveUp);
    socket.once("close", giveUp);
    socket.once("timeout", giveUp);
  });
}

/** ContentType of RFC 8446, section 5.1. */
const recordTypes = { alert: 0x15, handshake: 0x16 };

/**
 * A ClientHello of TLS 1.2 (RFC 5246, section 7.4.1.2) with what is common: suites for keys of both kinds, x25519 and P-256,
 * signatures with SHA-256. Nothing is agreed on with it, so nothing in it has to be random.
 */
function clientHello(): Buffer {
  const suites = sized(2, Buffer.from("1301c02bc02fc02cc030cca9cca8009c002f", "hex"));
  const groups = Buffer.concat([Buffer.from("000a", "hex"), sized(2, sized(2, Buffer.from("001d0017", "hex")))]);
  const algorithms = Buffer.from("040308040401", "hex");
  const signatures = Buffer.concat([Buffer.from("000d", "hex"), sized(2, sized(2, algorithms))]);
  const [noSession, noCompression] = [Buffer.from("00", "hex"), Buffer.from("0100", "hex")];
  const extensions = sized(2, Buffer.concat([groups, signatures]));
  const random = Buffer.alloc(32, 1);
  const body = Buffer.concat([Buffer.from("0303", "hex"), random, noSession, suites, noCompression, extensions]);
  const message = Buffer.concat([Buffer.from("01", "hex"), sized(3, body)]);
  return Buffer.concat([Buffer.from("160301", "hex"), sized(2, message)]);
}

/** The bytes behind their number, in so many bytes. */
function sized(width: number, bytes: Buffer): Buffer {
  const length = Buffer.alloc(width);
  length.writeUIntBE(bytes.length, 0, width);
  return Buffer.concat([length, bytes]);
}
