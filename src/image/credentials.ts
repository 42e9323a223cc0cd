import { isAbsolute, join } from "node:path";
import { EngineError, isExecutable, readFileIfExists } from "../base/index.ts";

/** How to prove who we are to a registry. Never put into a message, a log or an event. */
export type Credential =
  | { readonly kind: "password"; readonly user: string; readonly password: string }
  | { readonly kind: "identityToken"; readonly token: string };

export interface CredentialSource {
  /** What is known for a registry as references name it; undefined means anonymous. */
  find(registry: string): Promise<Credential | undefined>;
}

export interface CredentialSettings {
  /** Docker's `config.json`; nothing is read when it is left out. */
  readonly authFile?: string;
  /** PATH of the caller, for `docker-credential-*` programs; without it they are not run. */
  readonly searchPath?: string;
  /** HOME of the caller, for the same programs. */
  readonly home?: string;
}

const dockerHubKey = "https://index.docker.io/v1/";
const helperTimeoutMs = 30_000;
const maximumHelperOutput = 64 * 1024;

/**
 * Credentials from Docker's `config.json`: `credHelpers`, then `credsStore`, then `auths`, as Docker looks them up. The
 * file is read at the first question, and helper programs run once for each.
 */
export function dockerCredentials(settings: CredentialSettings): CredentialSource {
  return {
    async find(registry) {
      const config = readDockerConfig(settings.authFile);
      if (config === undefined) return undefined;
      const helper = findHelper(config, registry);
      const stored = helper === undefined ? undefined : await askHelper(helper, registry, settings);
      return stored ?? storedCredential(config, registry);
    },
  };
}

type JsonObject = Readonly<Record<string, unknown>>;

function readDockerConfig(authFile: string | undefined): JsonObject | undefined {
  const text = authFile === undefined ? undefined : readFileIfExists(authFile);
  if (text === undefined) return undefined;
  const config = parseObject(text);
  if (config !== undefined) return config;
  // The cause would quote the file, and the file holds secrets.
  throw new EngineError("invalidConfig", `cannot read the credentials in "${authFile}": it is not a JSON object`, {
    hint: 'repair or remove the file; "docker login" writes a new one',
  });
}

function parseObject(text: string): JsonObject | undefined {
  try {
    return asObject(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function asObject(value: unknown): JsonObject | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined;
}

function member(object: JsonObject | undefined, name: string): unknown {
  return object !== undefined && Object.hasOwn(object, name) ? object[name] : undefined;
}

function textMember(object: JsonObject | undefined, name: string): string | undefined {
  const value = member(object, name);
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** The keys under which Docker versions have written a registry. */
function keysOf(registry: string): readonly string[] {
  const hub = registry === "docker.io" ? [dockerHubKey, "index.docker.io", "registry-1.docker.io"] : [];
  const urls = [registry, `https://${registry}`, `http://${registry}`].flatMap((base) => [base, `${base}/`]);
  return [...hub, ...urls, `https://${registry}/v1/`, `https://${registry}/v2/`];
}

function storedCredential(config: JsonObject, registry: string): Credential | undefined {
  const auths = asObject(member(config, "auths"));
  for (const key of keysOf(registry)) {
    const entry = asObject(member(auths, key));
    const token = textMember(entry, "identitytoken");
    if (token !== undefined) return { kind: "identityToken", token };
    const credential = decodeAuth(textMember(entry, "auth")) ?? plainAuth(entry);
    if (credential !== undefined) return credential;
  }
  return undefined;
}

/** `auth` is base64 of `user:password`; the password may hold further colons. */
function decodeAuth(auth: string | undefined): Credential | undefined {
  if (auth === undefined) return undefined;
  const text = Buffer.from(auth, "base64").toString("utf8").replace(/\0+$/, "");
  const colon = text.indexOf(":");
  return colon < 1 ? undefined : { kind: "password", user: text.slice(0, colon), password: text.slice(colon + 1) };
}

function plainAuth(entry: JsonObject | undefined): Credential | undefined {
  const user = textMember(entry, "username");
  const password = textMember(entry, "password");
  return user === undefined || password === undefined ? undefined : { kind: "password", user, password };
}

function findHelper(config: JsonObject, registry: string): string | undefined {
  const helpers = asObject(member(config, "credHelpers"));
  const own = keysOf(registry).map((key) => textMember(helpers, key));
  const name = own.find((found) => found !== undefined) ?? textMember(config, "credsStore");
  if (name === undefined || /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(name)) return name;
  throw new EngineError("invalidConfig", "the credentials file names a credential helper that is not a program name");
}

/** The protocol of docker-credential-helpers: `get`, the server on stdin, JSON on stdout. */
async function askHelper(
  name: string,
  registry: string,
  settings: CredentialSettings,
): Promise<Credential | undefined> {
  const program = findProgram(`docker-credential-${name}`, settings.searchPath);
  if (program === undefined) {
    throw new EngineError("invalidConfig", `the credential helper "docker-credential-${name}" is not on the PATH`, {
      hint: `install it, or remove it from "${settings.authFile}"`,
    });
  }
  const server = registry === "docker.io" ? dockerHubKey : registry;
  const answer = await runHelper(program, server, settings);
  const object = answer === undefined ? undefined : parseObject(answer);
  const user = textMember(object, "Username");
  const secret = textMember(object, "Secret");
  if (user === undefined || secret === undefined) return undefined;
  return user === "<token>" ? { kind: "identityToken", token: secret } : { kind: "password", user, password: secret };
}

function findProgram(name: string, searchPath: string | undefined): string | undefined {
  const candidates = (searchPath ?? "").split(":").filter(isAbsolute);
  return candidates.map((directory) => join(directory, name)).find(isExecutable);
}

/** The helper's output; undefined when it fails, which is how it says that it knows no credentials. */
async function runHelper(program: string, server: string, settings: CredentialSettings): Promise<string | undefined> {
  const { execFile } = await import("node:child_process");
  const env = {
    ...(settings.searchPath === undefined ? {} : { PATH: settings.searchPath }),
    ...(settings.home === undefined ? {} : { HOME: settings.home }),
  };
  return new Promise((resolve) => {
    const options = { env, timeout: helperTimeoutMs, maxBuffer: maximumHelperOutput, encoding: "utf8" as const };
    const child = execFile(program, ["get"], options, (error, stdout) => resolve(error === null ? stdout : undefined));
    // A helper that ends without reading its input must not end us.
    child.stdin?.on("error", () => {});
    child.stdin?.end(`${server}\n`);
  });
}
