import { EngineError } from "../base/index.ts";
import { CredentialHelper, type KeptCredential } from "./credentialProgram.ts";
import { asObject, changeDockerConfig, type JsonObject, member, readDockerConfig, textMember } from "./dockerConfig.ts";

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
/** The name under which helpers keep what is no password. */
const tokenUser = "<token>";

/**
 * Credentials from Docker's `config.json`: `credHelpers`, then `credsStore`, then `auths`, as Docker looks them up. The
 * file is read at the first question, and helper programs run once for each.
 */
export function dockerCredentials(settings: CredentialSettings): CredentialSource {
  return {
    async find(registry) {
      const { authFile } = settings;
      const config = authFile === undefined ? undefined : readDockerConfig(authFile);
      if (config === undefined) return undefined;
      const kept = await helperOf(config, registry, settings)?.get(credentialKey(registry));
      return kept === undefined ? storedCredential(config, registry) : credentialOf(kept);
    },
  };
}

function credentialOf({ user, secret }: KeptCredential): Credential {
  return user === tokenUser ? { kind: "identityToken", token: secret } : { kind: "password", user, password: secret };
}

/** The name under which Docker keeps a registry: its host, and for Docker Hub an address of old. */
export function credentialKey(registry: string): string {
  return registry === "docker.io" ? dockerHubKey : registry;
}

/** Where the secret of a login went. */
export type CredentialPlace =
  | { readonly kind: "file"; readonly path: string }
  | { readonly kind: "helper"; readonly program: string };

export interface NewCredential {
  readonly registry: string;
  readonly user: string;
  readonly credential: Credential;
}

/**
 * Keeps a credential: with the helper that is configured for the registry, or else in the file, as Docker does. The file
 * names the registry either way.
 *
 * @throws EngineError `invalidConfig`, `fileSystem`.
 */
export async function saveCredential(
  { registry, user, credential }: NewCredential,
  settings: CredentialSettings,
): Promise<CredentialPlace> {
  const path = requireFile(settings);
  const key = credentialKey(registry);
  const config = readDockerConfig(path) ?? {};
  const name = helperName(config, registry);
  const token = credential.kind === "identityToken" ? credential.token : undefined;
  const password = credential.kind === "password" ? credential.password : "";
  if (name !== undefined) {
    const kept = token === undefined ? { user, secret: password } : { user: tokenUser, secret: token };
    await new CredentialHelper(name, settings).store(key, kept);
  }
  const auth = Buffer.from(`${user}:${password}`).toString("base64");
  const entry = { auth, ...(token === undefined ? {} : { identitytoken: token }) };
  await changeDockerConfig(path, (found) => ({
    ...found,
    auths: { ...withoutRegistry(found, registry), [key]: name === undefined ? entry : {} },
  }));
  return name === undefined ? { kind: "file", path } : { kind: "helper", program: `docker-credential-${name}` };
}

/**
 * Forgets what is kept for a registry, wherever it is. Returns whether there was anything.
 *
 * @throws EngineError `invalidConfig`, `fileSystem`.
 */
export async function eraseCredential(registry: string, settings: CredentialSettings): Promise<boolean> {
  const path = requireFile(settings);
  const config = readDockerConfig(path);
  if (config === undefined) return false;
  const helper = helperOf(config, registry, settings);
  const wasKept = (await helper?.get(credentialKey(registry))) !== undefined;
  if (wasKept) await helper?.erase(credentialKey(registry));
  const auths = asObject(member(config, "auths")) ?? {};
  const wasNamed = keysOf(registry).some((key) => Object.hasOwn(auths, key));
  if (wasNamed) await changeDockerConfig(path, (found) => ({ ...found, auths: withoutRegistry(found, registry) }));
  return wasKept || wasNamed;
}

function requireFile({ authFile }: CredentialSettings): string {
  if (authFile !== undefined) return authFile;
  throw new EngineError("invalidConfig", "there is no place for credentials: neither DOCKER_CONFIG nor HOME is set");
}

/** `auths` without any of the names that the registry may have in it. */
function withoutRegistry(config: JsonObject, registry: string): JsonObject {
  const names = new Set(keysOf(registry));
  const auths = asObject(member(config, "auths")) ?? {};
  return Object.fromEntries(Object.entries(auths).filter(([key]) => !names.has(key)));
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

function helperOf(config: JsonObject, registry: string, settings: CredentialSettings): CredentialHelper | undefined {
  const name = helperName(config, registry);
  return name === undefined ? undefined : new CredentialHelper(name, settings);
}

function helperName(config: JsonObject, registry: string): string | undefined {
  const helpers = asObject(member(config, "credHelpers"));
  const own = keysOf(registry).map((key) => textMember(helpers, key));
  const name = own.find((found) => found !== undefined) ?? textMember(config, "credsStore");
  if (name === undefined || /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(name)) return name;
  throw new EngineError("invalidConfig", "the credentials file names a credential helper that is not a program name");
}
