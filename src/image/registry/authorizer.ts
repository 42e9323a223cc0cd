import { EngineError } from "../../base/index.ts";
import type { Credential } from "../credentials.ts";
import { type Challenge, parseChallenges } from "./challenge.ts";
import { readBounded } from "./documents.ts";
import type { RegistryEndpoint } from "./endpoint.ts";
import type { RegistryOptions } from "./options.ts";
import { checkStatus } from "./statuses.ts";
import { tokenServer } from "./target.ts";
import type { Transport, TransportResponse } from "./transport.ts";

const maximumTokenAnswer = 1024 * 1024;
const maximumTokenLength = 16 * 1024;

/**
 * Answers the challenges of one registry. Tokens are kept by scope, in this object only; credentials go to the
 * registry's own origin (Basic) or to the token server that it names (distribution-spec, "token authentication").
 */
export class Authorizer {
  readonly #endpoint: RegistryEndpoint;
  readonly #transport: Transport;
  readonly #options: RegistryOptions;
  readonly #headers = new Map<string, string>();
  #credential: Promise<Credential | undefined> | undefined;

  constructor(endpoint: RegistryEndpoint, transport: Transport, options: RegistryOptions) {
    this.#endpoint = endpoint;
    this.#transport = transport;
    this.#options = options;
  }

  /** The Authorization header that worked for this scope before. */
  known(scope: string): string | undefined {
    return this.#headers.get(scope);
  }

  async hasCredential(): Promise<boolean> {
    return (await this.#findCredential()) !== undefined;
  }

  /**
   * Gets the Authorization header for a scope after a 401; undefined when the challenge cannot be answered, for want of
   * credentials or of a scheme that brig knows.
   */
  async answer(response: TransportResponse, scope: string): Promise<string | undefined> {
    this.#headers.delete(scope);
    const challenges = parseChallenges(response.headers.get("www-authenticate") ?? "");
    const bearer = challenges.find(({ scheme }) => scheme === "bearer");
    const basic = challenges.find(({ scheme }) => scheme === "basic");
    const header =
      bearer !== undefined
        ? await this.#bearer(bearer, scope)
        : basic !== undefined
          ? basicHeader(await this.#findCredential())
          : undefined;
    if (header !== undefined) this.#headers.set(scope, header);
    return header;
  }

  #findCredential(): Promise<Credential | undefined> {
    this.#credential ??= Promise.resolve(this.#options.credentials?.find(this.#endpoint.registry));
    return this.#credential;
  }

  async #bearer({ parameters }: Challenge, scope: string): Promise<string> {
    const url = tokenServer(parameters.get("realm") ?? "", this.#endpoint);
    const credential = await this.#findCredential();
    const query = new URLSearchParams({ service: parameters.get("service") ?? "", scope });
    const response =
      credential?.kind === "identityToken"
        ? await this.#exchangeToken(url, query, credential.token)
        : await this.#requestToken(url, query, basicHeader(credential));
    await checkStatus(response, { attempt: this.#attempt(url), name: this.#endpoint.registry });
    return `Bearer ${parseToken(await readBounded(response, maximumTokenAnswer, this.#attempt(url)), url)}`;
  }

  #requestToken(url: URL, query: URLSearchParams, authorization: string | undefined): Promise<TransportResponse> {
    const target = new URL(url);
    for (const [name, value] of query) target.searchParams.set(name, value);
    return this.#transport.send({
      url: target,
      method: "GET",
      headers: { accept: "application/json" },
      attempt: this.#attempt(url),
      ...(authorization === undefined ? {} : { authorization }),
    });
  }

  /** OAuth 2 refresh, as Docker does it with the identity token that a login left behind. */
  #exchangeToken(url: URL, query: URLSearchParams, identityToken: string): Promise<TransportResponse> {
    query.set("grant_type", "refresh_token");
    query.set("client_id", "brig");
    query.set("refresh_token", identityToken);
    return this.#transport.send({
      url,
      method: "POST",
      headers: { accept: "application/json", "content-type": "application/x-www-form-urlencoded" },
      body: query.toString(),
      attempt: this.#attempt(url),
    });
  }

  #attempt(url: URL): string {
    return `get a token for "${this.#endpoint.registry}" from "${url.host}"`;
  }
}

function basicHeader(credential: Credential | undefined): string | undefined {
  if (credential?.kind !== "password") return undefined;
  return `Basic ${Buffer.from(`${credential.user}:${credential.password}`).toString("base64")}`;
}

function parseToken(bytes: Uint8Array, url: URL): string {
  const answer = parseAnswer(bytes);
  const token = answer?.token ?? answer?.access_token;
  // Visible ASCII only: it becomes a header.
  if (typeof token === "string" && token.length <= maximumTokenLength && /^[!-~]+$/.test(token)) return token;
  throw new EngineError("registryProtocol", `the token server "${url.host}" did not answer with a usable token`);
}

function parseAnswer(bytes: Uint8Array): { readonly token?: unknown; readonly access_token?: unknown } | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(bytes).toString("utf8"));
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
