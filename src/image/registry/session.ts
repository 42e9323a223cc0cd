import { Authorizer } from "./authorizer.ts";
import { findEndpoint, type RegistryEndpoint, requireAllowed } from "./endpoint.ts";
import type { RegistryOptions } from "./options.ts";
import { checkStatus, type StatusQuestion } from "./statuses.ts";
import { followRedirect } from "./target.ts";
import { Transport, type TransportRequest, type TransportResponse } from "./transport.ts";

export interface SessionRequest {
  readonly method: TransportRequest["method"];
  /** On the registry, or where it sent us to: there no credentials go. */
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: TransportRequest["body"];
  /** What we want to be allowed, in the words of the token protocol; several are separated by a space. */
  readonly scope: string;
  readonly question: StatusQuestion;
}

/** One registry, and how it knows us. Close it after use. */
export class RegistrySession {
  readonly options: RegistryOptions;
  readonly #endpoint: RegistryEndpoint;
  readonly #transport: Transport;
  readonly #authorizer: Authorizer;

  private constructor(endpoint: RegistryEndpoint, options: RegistryOptions) {
    this.options = options;
    this.#endpoint = endpoint;
    this.#transport = new Transport(endpoint, options);
    this.#authorizer = new Authorizer(endpoint, this.#transport, options);
  }

  /** @throws EngineError `registryBlocked`. */
  static async open(registry: string, options: RegistryOptions): Promise<RegistrySession> {
    requireAllowed(registry, options);
    return new RegistrySession(await findEndpoint(registry, options), options);
  }

  /** Scheme, host and port. */
  get origin(): string {
    return this.#endpoint.origin;
  }

  /** The token that a token server gave in place of the password, when it was asked to. */
  get identityToken(): string | undefined {
    return this.#authorizer.identityToken;
  }

  /**
   * Where an answer sends us, by the rules of redirects.
   *
   * @throws EngineError `registryProtocol`.
   */
  locate(from: URL, location: string | null): URL {
    return followRedirect(from, location, this.#endpoint);
  }

  /**
   * Sends one request with the authorization that is needed, answering a challenge once.
   *
   * @throws EngineError or TransientFailure for anything but a success.
   */
  async request(request: SessionRequest): Promise<TransportResponse> {
    const isOurs = request.url.origin === this.origin;
    const first = await this.#send(request, isOurs ? this.#authorizer.known(request.scope) : undefined);
    // Only the registry itself may ask for its credentials, not a host that it sent us to.
    const mayAsk = isOurs && first.status === 401 && first.fromOrigin;
    const answer = mayAsk ? await this.#authorizer.answer(first, request) : undefined;
    if (answer === undefined) {
      await checkStatus(first, request.question);
      return first;
    }
    first.discard();
    const second = await this.#send(request, answer);
    await checkStatus(second, request.question);
    return second;
  }

  close(): void {
    this.#transport.close();
  }

  #send({ method, url, headers, body, question }: SessionRequest, authorization?: string): Promise<TransportResponse> {
    return this.#transport.send({
      url,
      method,
      headers: headers ?? {},
      attempt: question.attempt,
      ...(body === undefined ? {} : { body }),
      ...(authorization === undefined ? {} : { authorization }),
    });
  }
}
