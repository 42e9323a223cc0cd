import { EngineError } from "../../base/index.ts";
import { acceptedManifestTypes, type Digest, documentLimits, isDigest } from "../../oci/index.ts";
import { digestOf, matchesDigest } from "../digest.ts";
import { familiarName, type ImageRef } from "../reference.ts";
import { Authorizer } from "./authorizer.ts";
import { readBounded } from "./documents.ts";
import { findEndpoint, type RegistryEndpoint } from "./endpoint.ts";
import type { RegistryOptions } from "./options.ts";
import { withRetries } from "./retry.ts";
import { checkStatus, type StatusQuestion } from "./statuses.ts";
import { Transport, type TransportResponse } from "./transport.ts";

/** What a registry says about a manifest without sending it. */
export interface ManifestHead {
  readonly digest: Digest;
  readonly mediaType: string;
}

/** A manifest or index as it was served; the bytes are what the digest says. */
export interface ServedDocument extends ManifestHead {
  readonly bytes: Uint8Array;
}

export interface RepositoryRequest {
  readonly method: "GET" | "HEAD";
  /** Below `/v2/NAME/`, or a full URL on the registry's origin. */
  readonly path: string | URL;
  readonly headers?: Readonly<Record<string, string>>;
  readonly question: StatusQuestion;
}

/**
 * Speaks the distribution protocol (distribution-spec v1.1, "Pull") with one registry about one repository. Close it
 * after use.
 */
export class RepositoryClient {
  readonly options: RegistryOptions;
  readonly #reference: ImageRef;
  readonly #endpoint: RegistryEndpoint;
  readonly #transport: Transport;
  readonly #authorizer: Authorizer;

  private constructor(reference: ImageRef, endpoint: RegistryEndpoint, options: RegistryOptions) {
    this.options = options;
    this.#reference = reference;
    this.#endpoint = endpoint;
    this.#transport = new Transport(endpoint, options);
    this.#authorizer = new Authorizer(endpoint, this.#transport, options);
  }

  static async open(reference: ImageRef, options: RegistryOptions): Promise<RepositoryClient> {
    return new RepositoryClient(reference, await findEndpoint(reference.registry, options), options);
  }

  get name(): string {
    return familiarName(this.#reference);
  }

  get origin(): string {
    return this.#endpoint.origin;
  }

  /** What a tag points to; undefined when the registry does not answer HEAD usefully and must be asked with GET. */
  async head(tagOrDigest: string): Promise<ManifestHead | undefined> {
    return withRetries(this.options, async () => {
      const response = await this.request({
        method: "HEAD",
        path: `manifests/${tagOrDigest}`,
        headers: { accept: acceptedManifestTypes.join(", ") },
        question: this.#question(tagOrDigest),
      }).catch(unlessHeadIsRefused);
      if (response === undefined) return undefined;
      response.discard();
      const digest = response.headers.get("docker-content-digest") ?? "";
      return isDigest(digest) ? { digest, mediaType: contentType(response) } : undefined;
    });
  }

  /**
   * Gets a manifest or index and verifies it: against the digest when it was asked for by digest, else against the
   * digest that the registry states.
   */
  async manifest(tagOrDigest: string): Promise<ServedDocument> {
    const question = this.#question(tagOrDigest);
    return withRetries(this.options, async () => {
      const response = await this.request({
        method: "GET",
        path: `manifests/${tagOrDigest}`,
        headers: { accept: acceptedManifestTypes.join(", ") },
        question,
      });
      const bytes = await readBounded(response, documentLimits.manifestBytes, question.attempt);
      const stated = response.headers.get("docker-content-digest") ?? "";
      const expected = isDigest(tagOrDigest) ? tagOrDigest : isDigest(stated) ? stated : digestOf(bytes);
      if (matchesDigest(bytes, expected)) return { bytes, digest: expected, mediaType: contentType(response) };
      throw new EngineError(
        "digestMismatch",
        `the manifest of "${this.name}" is not what its digest says: expected "${expected}", got "${digestOf(bytes)}"`,
        { hint: "the registry or something on the way changed it; nothing was kept" },
      );
    });
  }

  /**
   * Sends one request with the authorization that is needed, answering a challenge once.
   *
   * @throws EngineError or TransientFailure for anything but a success.
   */
  async request(request: RepositoryRequest): Promise<TransportResponse> {
    const scope = `repository:${this.#reference.repository}:pull`;
    const known = this.#authorizer.known(scope);
    const first = await this.#send(request, known);
    // Only the registry itself may ask for its credentials, not a host that it redirected to.
    if (first.status !== 401 || !first.fromOrigin) {
      await checkStatus(first, request.question);
      return first;
    }
    const answer = await this.#authorizer.answer(first, scope);
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

  #send({ method, path, headers, question }: RepositoryRequest, authorization?: string): Promise<TransportResponse> {
    return this.#transport.send({
      url: typeof path === "string" ? new URL(`/v2/${this.#reference.repository}/${path}`, this.origin) : path,
      method,
      headers: headers ?? {},
      attempt: question.attempt,
      ...(authorization === undefined ? {} : { authorization }),
    });
  }

  #question(tagOrDigest: string): StatusQuestion {
    const name = this.name;
    return {
      name,
      attempt: `get the manifest "${tagOrDigest}" of "${name}" from "${this.origin}"`,
      missing: "manifest",
    };
  }
}

const headRefused: ReadonlySet<unknown> = new Set([400, 405, 501]);

function unlessHeadIsRefused(error: unknown): undefined {
  if (error instanceof EngineError && headRefused.has(error.details.status)) return undefined;
  throw error;
}

/** The media type without parameters such as a charset. */
function contentType(response: TransportResponse): string {
  return (response.headers.get("content-type") ?? "").split(";", 1)[0]?.trim().toLowerCase() ?? "";
}
