import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runTool } from "./programs.ts";
import { testDirectory } from "./projectPaths.ts";

/** A pair of files in PEM form. */
export interface IssuedPair {
  readonly certificate: string;
  readonly key: string;
}

/** A certificate authority of a test's own, and what it vouches for. */
export interface Authority {
  readonly directory: string;
  /** Its own certificate. */
  readonly certificate: string;
  /** For a server at 127.0.0.1, `localhost` and `registry.test`. */
  readonly server: IssuedPair;
  /** For a client. */
  readonly client: IssuedPair;
  /** Makes a directory in the layout of `/etc/docker/certs.d` in which `registries` are vouched for by this authority. */
  certificateDirectory(registries: readonly string[], options?: { readonly client: "shown" }): string;
  remove(): void;
}

/** Makes one; the caller removes it. */
export async function makeAuthority(): Promise<Authority> {
  const directory = mkdtempSync(join(testDirectory(), "authority-"));
  const [certificate, key] = [join(directory, "ca.crt"), join(directory, "ca.key")];
  const fresh = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  const named = ["-subj", "/CN=brig-test-authority", "-days", "2", "-keyout", key, "-out", certificate];
  await runTool("openssl", ["req", "-x509", ...fresh, ...named]);
  const issue = async (name: string, extensions: string): Promise<IssuedPair> => {
    const [request, extra] = [join(directory, `${name}.csr`), join(directory, `${name}.ext`)];
    const pair = { certificate: join(directory, `${name}.cert`), key: join(directory, `${name}.key`) };
    writeFileSync(extra, extensions);
    await runTool("openssl", ["req", ...fresh, "-subj", `/CN=${name}`, "-keyout", pair.key, "-out", request]);
    const by = ["-CA", certificate, "-CAkey", key, "-CAcreateserial", "-days", "2", "-extfile", extra];
    await runTool("openssl", ["x509", "-req", "-in", request, ...by, "-out", pair.certificate]);
    return pair;
  };
  const server = await issue("server", "subjectAltName=IP:127.0.0.1,DNS:localhost,DNS:registry.test\n");
  const client = await issue("client", "extendedKeyUsage=clientAuth\n");
  let made = 0;
  return {
    directory,
    certificate,
    server,
    client,
    certificateDirectory(registries, options) {
      made += 1;
      const root = join(directory, `certs-${made}.d`);
      for (const registry of registries) {
        const own = join(root, registry);
        mkdirSync(own, { recursive: true });
        copyFileSync(certificate, join(own, "ca.crt"));
        if (options?.client !== "shown") continue;
        copyFileSync(client.certificate, join(own, "client.cert"));
        copyFileSync(client.key, join(own, "client.key"));
      }
      return root;
    },
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}
