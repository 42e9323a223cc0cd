import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { get } from "node:http";
import { join } from "node:path";
import { testDirectory } from "./projectPaths.ts";
import { freePort } from "./services.ts";

/** The user and password of a registry that was started with `auth: "basic"`. */
export const registryUser = { user: "tester", password: "brig-secret" };

/** bcrypt of that password, as `htpasswd -B` writes it. */
const htpasswdLine = "tester:$2b$05$abcdefghijklmnopqrstuu38hvFdXtAB3HW41P3o9jII79oYbqOjm\n";

/** Tokens are asked for at `realm` and must be signed by the certificate in the file `certificate`. */
export interface TokenAuth {
  readonly realm: string;
  readonly service: string;
  readonly issuer: string;
  readonly certificate: string;
}

export interface RegistryOptions {
  /** Nobody needs to log in when left out. */
  readonly auth?: "basic" | TokenAuth;
  /** A certificate and its key make it speak HTTPS. */
  readonly tls?: {
    readonly certificate: string;
    readonly key: string;
    /** Clients must show a certificate of this authority. */
    readonly clientAuthority?: string;
  };
  /** It serves and takes nothing in. */
  readonly readOnly?: boolean;
}

export interface RunningRegistry {
  readonly host: string;
  readonly port: number;
  /** `127.0.0.1:PORT`: what goes before the name of an image. */
  readonly address: string;
  readonly url: string;
  /** Ends the process and removes its files. Idempotent. */
  stop(): Promise<void>;
}

/**
 * Starts an empty docker-registry (Docker's own, from Debian) on a free loopback port and waits until it answers. The
 * caller stops it.
 */
export async function startRegistry(options: RegistryOptions = {}): Promise<RunningRegistry> {
  const directory = mkdtempSync(join(testDirectory(), "registry-"));
  const host = "127.0.0.1";
  const port = await freePort(host);
  writeFileSync(join(directory, "config.yml"), JSON.stringify(configuration(directory, `${host}:${port}`, options)));
  if (options.auth === "basic") writeFileSync(join(directory, "htpasswd"), htpasswdLine);
  // Docker's configuration is YAML, of which JSON is a part.
  const child = spawn("docker-registry", ["serve", join(directory, "config.yml")], {
    stdio: ["ignore", "ignore", "pipe"],
    env: { PATH: process.env.PATH ?? "" },
  });
  const stop = stopper(child, directory);
  try {
    await answering(child, port);
  } catch (error) {
    await stop();
    throw error;
  }
  const scheme = options.tls === undefined ? "http" : "https";
  return { host, port, address: `${host}:${port}`, url: `${scheme}://${host}:${port}`, stop };
}

function configuration(directory: string, addr: string, { auth, tls, readOnly = false }: RegistryOptions): object {
  const { clientAuthority, ...pair } = tls ?? {};
  const clients = clientAuthority === undefined ? {} : { clientcas: [clientAuthority] };
  const maintenance = { readonly: { enabled: readOnly }, uploadpurging: { enabled: false } };
  return {
    version: "0.1",
    log: { level: "error", accesslog: { disabled: true } },
    storage: { filesystem: { rootdirectory: join(directory, "storage") }, delete: { enabled: true }, maintenance },
    http: { addr, secret: "tests", ...(tls === undefined ? {} : { tls: { ...pair, ...clients } }) },
    ...(auth === undefined ? {} : { auth: authentication(directory, auth) }),
  };
}

function authentication(directory: string, auth: "basic" | TokenAuth): object {
  if (auth === "basic") return { htpasswd: { realm: "tests", path: join(directory, "htpasswd") } };
  const { certificate, ...token } = auth;
  return { token: { ...token, rootcertbundle: certificate } };
}

/** Resolves when something answers on the port, whatever it answers; rejects when the process ends first. */
async function answering(child: ChildProcess, port: number): Promise<void> {
  let said = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    said = (said + text).slice(-4000);
  });
  const deadline = Date.now() + 90_000;
  for (;;) {
    if (await answers(port)) return;
    if (child.exitCode !== null) throw new Error(`docker-registry ended with ${child.exitCode}: ${said}`);
    if (Date.now() > deadline) throw new Error(`docker-registry does not answer: ${said}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const request = get({ host: "127.0.0.1", port, path: "/v2/", agent: false }, (response) => {
      response.resume();
      resolve(true);
    });
    request.on("error", (error) => resolve("code" in error && error.code !== "ECONNREFUSED"));
  });
}

function stopper(child: ChildProcess, directory: string): () => Promise<void> {
  return async () => {
    if (child.exitCode === null && child.signalCode === null && child.pid !== undefined) {
      const ended = once(child, "exit");
      child.kill("SIGKILL");
      await ended;
    }
    rmSync(directory, { recursive: true, force: true });
  };
}
