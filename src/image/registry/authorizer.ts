import { EngineError } from "../../base/index.ts";
import type { Credential } from "../credentials.ts";
import { type Challenge, parseChallenges } from "./challenge.ts";
import { readBounded } from "./documents.ts";
import type { RegistryEndpoint } from "./endpoint.ts";
import type { RegistryOptions } from "./options.ts";
import { checkStatus, type StatusQuestion } from "./statuses.ts";
import { tokenServer } from "./target.ts";
import type { Transport, TransportResponse } from "./transport.ts";

const maximumTokenAnswer = 1024 * 1024;
const maximumTokenLength = 16 * 1024;

const clientId = "brig";

/** What the request is for that was answered with a challenge. */
interface Asking {
  readonly scope: string;
  readonly question: StatusQuestion;
}

interface Wanted {
  readonly service: string;
  readonly scope: string;
}

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
  #identityToken: string | undefined;

  constructor(endpoint: RegistryEndpoint, transport: Transport, options: RegistryOptions) {
    this.#endpoint = endpoint;
    this.#transport = transport;
    this.#options = options;
  }

  /** The Authorization header that worked for this scope before. */
  known(scope: string): string | undefined {
    return this.#headers.get(scope);
  }

  /** What a token server gave in place of the password, when the options ask for that. */
  get identityToken(): string | undefined {
    return this.#identityToken;
  }

  /**
   * Gets the Authorization header for a scope after a 401; undefined when the challenge cannot be answered, for want of
   * credentials or of a scheme that brig knows.
   */
  async answer(response: TransportResponse, asking: Asking): Promise<string | undefined> {
    const { scope } = asking;
    this.#headers.delete(scope);
    const challenges = parseChallenges(response.headers.get("www-authenticate") ?? "");
    const bearer = challenges.find(({ scheme }) => scheme === "bearer");
    const basic = challenges.find(({ scheme }) => scheme === "basic");
    const header =
      bearer !== undefined
        ? await this.#bearer(bearer, asking)
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

  async #bearer({ parameters }: Challenge, { scope, question }: Asking): Promise<string> {
    const url = tokenServer(parameters.get("realm") ?? "", this.#endpoint);
    const credential = await this.#findCredential();
    const wanted = { service: parameters.get("service") ?? "", scope };
    const response =
      credential?.kind === "identityToken"
        ? await this.#exchangeToken(url, wanted, credential.token)
        : await this.#requestToken(url, wanted, credential);
    // Who was refused by the token server was refused what was to be done, and reads that.
    const { missing: _, ...asked } = question;
    await checkStatus(response, isRefusal(response) ? asked : { ...asked, attempt: this.#attempt(url) });
    const answer = parseAnswer(await readBounded(response, maximumTokenAnswer, this.#attempt(url)));
    const refresh = answer?.refresh_token;
    if (this.#options.wantsIdentityToken === true && isToken(refresh)) this.#identityToken = refresh;
    const token = answer?.token ?? answer?.access_token;
    if (isToken(token)) return `Bearer ${token}`;
    throw new EngineError("registryProtocol", `the token server "${url.host}" did not answer with a usable token`);
  }

  #requestToken(url: URL, { service, scope }: Wanted, credential: Credential | undefined): Promise<TransportResponse> {
    const target = new URL(url);
    target.searchParams.set("service", service);
    for (const each of scope.split(" ").filter((word) => word !== "")) target.searchParams.append("scope", each);
    if (this.#options.wantsIdentityToken === true) {
      target.searchParams.set("offline_token", "true");
      target.searchParams.set("client_id", clientId);
      if (credential?.kind === "password") target.searchParams.set("account", credential.user);
    }
    const authorization = basicHeader(credential);
    return this.#transport.send({
      url: target,
      method: "GET",
      headers: { accept: "application/json" },
      attempt: this.#attempt(url),
      ...(authorization === undefined ? {} : { authorization }),
    });
  }

  /** OAuth 2 refresh, as Docker does it with the identity token that a login left behind. */
  #exchangeToken(url: URL, { service, scope }: Wanted, identityToken: string): Promise<TransportResponse> {
    const form = { service, scope, grant_type: "refresh_token", client_id: clientId, refresh_token: identityToken };
    return this.#transport.send({
      url,
      method: "POST",
      headers: { accept: "application/json", "content-type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams(form).toString(),
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

function isRefusal({ status }: TransportResponse): boolean {
  return status === 401 || status === 403;
}

/** Visible ASCII only: it becomes a header. */
function isToken(value: unknown): value is string {
  return typeof value === "string" && value.length <= maximumTokenLength && /^[!-~]+$/.test(value);
}

interface TokenAnswer {
  readonly token?: unknown;
  readonly access_token?: unknown;
  readonly refresh_token?: unknown;
}

function parseAnswer(bytes: Uint8Array): TokenAnswer | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(bytes).toString("utf8"));
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
