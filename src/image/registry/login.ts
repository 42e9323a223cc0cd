import { EngineError } from "../../base/index.ts";
import {
  type Credential,
  type CredentialPlace,
  type CredentialSettings,
  credentialKey,
  dockerCredentials,
  eraseCredential,
  saveCredential,
} from "../credentials.ts";
import { parseImageRef } from "../reference.ts";
import type { RegistryOptions } from "./options.ts";
import { withRetries } from "./retry.ts";
import { RegistrySession } from "./session.ts";

export interface LoginSetting {
  readonly registry: RegistryOptions;
  readonly credentials: CredentialSettings;
}

export interface Account {
  readonly user: string;
  readonly password: string;
}

export interface LoginReport {
  /** The name under which the registry is kept. */
  readonly server: string;
  /** Where the secret is now; undefined when it was there already. */
  readonly place: CredentialPlace | undefined;
}

/**
 * The registry that a user means by a server: a host with an optional port, with or without a scheme and a path before
 * and behind it; Docker Hub when left out.
 *
 * @throws EngineError `invalidReference`.
 */
export function parseServer(server = "docker.io"): string {
  const host = server.replace(/^https?:\/\//, "").split("/", 1)[0] ?? "";
  const { registry } = parseImageRef(`${host}/x/x`);
  const isHub = ["docker.io", "index.docker.io", "registry-1.docker.io"].includes(host);
  if (isHub) return "docker.io";
  if (registry === host.toLowerCase()) return registry;
  throw new EngineError("invalidReference", `"${host.slice(0, 120)}" is not the name of a registry`, {
    hint: 'write it as it stands before the names of images: with a dot or a port, or "localhost"',
  });
}

/**
 * Asks the registry whether it accepts the account, and keeps it if so: an identity token in place of the password
 * where the token server gives one.
 *
 * @throws EngineError `registryUnauthorized` for a wrong password, those of the registry and of `saveCredential`.
 */
export async function login(registry: string, account: Account, setting: LoginSetting): Promise<LoginReport> {
  if (account.user.includes(":")) throw new EngineError("invalidValue", "the name of a user has no colon");
  const identityToken = await verify(registry, { kind: "password", ...account }, setting.registry);
  const { user, password } = account;
  const credential: Credential =
    identityToken === undefined
      ? { kind: "password", user, password }
      : { kind: "identityToken", token: identityToken };
  const place = await saveCredential({ registry, user, credential }, setting.credentials);
  return { server: credentialKey(registry), place };
}

/**
 * Asks the registry whether it accepts what is kept for it. Undefined when nothing is kept.
 *
 * @throws EngineError as `login`.
 */
export async function loginAgain(registry: string, setting: LoginSetting): Promise<LoginReport | undefined> {
  const credential = await dockerCredentials(setting.credentials).find(registry);
  if (credential === undefined) return undefined;
  await verify(registry, credential, setting.registry);
  return { server: credentialKey(registry), place: undefined };
}

/** Returns the identity token that the registry's token server gave, if it did. */
async function verify(registry: string, credential: Credential, options: RegistryOptions): Promise<string | undefined> {
  const credentials = { find: async () => credential };
  const session = await RegistrySession.open(registry, { ...options, credentials, wantsIdentityToken: true });
  try {
    const url = new URL("/v2/", session.origin);
    const question = { attempt: `log in to "${registry}"`, name: registry, access: "login" } as const;
    await withRetries(options, async () => {
      (await session.request({ method: "GET", url, scope: "", question })).discard();
    });
    return session.identityToken;
  } finally {
    session.close();
  }
}

export interface LogoutReport {
  readonly server: string;
  readonly wasLoggedIn: boolean;
}

/** Forgets what is kept for a registry; nothing is asked of it. */
export async function logout(registry: string, credentials: CredentialSettings): Promise<LogoutReport> {
  return { server: credentialKey(registry), wasLoggedIn: await eraseCredential(registry, credentials) };
}
