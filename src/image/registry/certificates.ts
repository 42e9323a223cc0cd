import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { createSecureContext, rootCertificates, type SecureContext } from "node:tls";
import { EngineError, errnoOf, fileSystemError } from "../../base/index.ts";

/** What the administrator put down for one registry, ready for use. */
export interface RegistryCertificates {
  /** Whether there is an authority of the registry's own: then its certificate is checked, on loopback too. */
  readonly hasAuthority: boolean;
  /** For the registry itself: its authorities beside the public ones, and our own certificate. */
  readonly own: SecureContext;
  /** For the servers that the registry sends us to: the same authorities, and nothing that proves who we are. */
  readonly others: SecureContext;
}

const maximumFiles = 100;
const maximumBytes = 1024 * 1024;

/**
 * Reads `DIRECTORY/HOST[:PORT]/`: each `*.crt` is a certificate authority, `NAME.cert` and `NAME.key` are what we show
 * to the registry. Undefined when there is nothing for this registry.
 *
 * @throws EngineError `invalidConfig` for a half of a pair or a file that is no certificate or key, `fileSystem`.
 */
export function readCertificates(directory: string, registry: string): RegistryCertificates | undefined {
  // A registry's name has no slash, and none is "..": parseImageRef saw to that.
  const own = join(directory, registry);
  const names = listFiles(own);
  const ending = (suffix: string): readonly string[] => names.filter((name) => name.endsWith(suffix));
  const [authorities, certificates, keys] = [ending(".crt"), ending(".cert"), ending(".key")];
  checkPairs(own, certificates, keys);
  if (authorities.length === 0 && certificates.length === 0) return undefined;
  const read = (name: string): Buffer => readSmall(join(own, name));
  const ca = authorities.length === 0 ? {} : { ca: [...rootCertificates, ...authorities.map(read)] };
  try {
    const [cert, key] = [certificates.map(read), keys.map(read)];
    const pair = certificates.length === 0 ? {} : { cert, key };
    return {
      hasAuthority: authorities.length > 0,
      own: createSecureContext({ ...ca, ...pair }),
      others: createSecureContext(ca),
    };
  } catch (error) {
    if (error instanceof EngineError) throw error;
    // The cause says nothing that the file's owner could not see, but it may quote a key.
    throw new EngineError("invalidConfig", `cannot use the certificates in "${own}": one of them cannot be read`, {
      hint: "they must be in PEM form, and a key must have no passphrase",
    });
  }
}

function listFiles(directory: string): readonly string[] {
  try {
    return readdirSync(directory).toSorted().slice(0, maximumFiles);
  } catch (error) {
    if (errnoOf(error) === "ENOENT" || errnoOf(error) === "ENOTDIR") return [];
    throw fileSystemError(error, "read the certificates in", directory);
  }
}

function checkPairs(directory: string, certificates: readonly string[], keys: readonly string[]): void {
  const lonely = (from: readonly string[], to: readonly string[], endings: readonly [string, string]) =>
    from.map((name) => name.slice(0, -endings[0].length) + endings[1]).find((name) => !to.includes(name));
  const key = lonely(certificates, keys, [".cert", ".key"]);
  const certificate = lonely(keys, certificates, [".key", ".cert"]);
  const missing = key ?? certificate;
  if (missing === undefined) return;
  throw new EngineError("invalidConfig", `cannot use the certificates in "${directory}": "${missing}" is missing`, {
    hint: "NAME.cert and NAME.key belong together; a certificate authority must end in .crt",
  });
}

function readSmall(path: string): Buffer {
  try {
    if (statSync(path).size <= maximumBytes) return readFileSync(path);
  } catch (error) {
    throw fileSystemError(error, "read", path);
  }
  throw new EngineError("limitExceeded", `the certificate "${path}" has more than ${maximumBytes} bytes`);
}
