import { EngineError } from "../../base/index.ts";
import { acceptedManifestTypes, type Digest, documentLimits, isDigest } from "../../oci/index.ts";
import { digestOf, matchesDigest } from "../digest.ts";
import { familiarName, type ImageRef } from "../reference.ts";
import { readBounded } from "./documents.ts";
import type { RegistryOptions } from "./options.ts";
import { parseRateLimit, type RateLimit } from "./rateLimit.ts";
import { withRetries } from "./retry.ts";
import { RegistrySession, type SessionRequest } from "./session.ts";
import type { StatusQuestion } from "./statuses.ts";
import type { TransportResponse } from "./transport.ts";

/** What a registry says about a manifest without sending it. */
export interface ManifestHead {
  readonly digest: Digest;
  readonly mediaType: string;
}

/** A manifest or index as it was served; the bytes are what the digest says. */
export interface ServedDocument extends ManifestHead {
  readonly bytes: Uint8Array;
}

export type RepositoryAccess = "pull" | "push";

export interface RepositoryRequest extends Omit<SessionRequest, "url" | "scope"> {
  /** Below `/v2/NAME/`, or a full URL: credentials go along on the registry's origin only. */
  readonly path: string | URL;
  /** What the client was opened for when left out. */
  readonly scope?: string;
}

/**
 * Speaks the distribution protocol (distribution-spec v1.1) with one registry about one repository. Close it
 * after use.
 */
export class RepositoryClient {
  readonly options: RegistryOptions;
  readonly #reference: ImageRef;
  readonly #session: RegistrySession;
  readonly #access: RepositoryAccess;
  #rateLimit: RateLimit | undefined;

  private constructor(reference: ImageRef, session: RegistrySession, access: RepositoryAccess) {
    this.options = session.options;
    this.#reference = reference;
    this.#session = session;
    this.#access = access;
  }

  /** Opens it for pulling only unless `access` says otherwise. */
  static async open(
    reference: ImageRef,
    options: RegistryOptions,
    access: RepositoryAccess = "pull",
  ): Promise<RepositoryClient> {
    return new RepositoryClient(reference, await RegistrySession.open(reference.registry, options), access);
  }

  get name(): string {
    return familiarName(this.#reference);
  }

  get origin(): string {
    return this.#session.origin;
  }

  /** What tokens are asked for. */
  get scope(): string {
    return `repository:${this.#reference.repository}:${this.#access === "push" ? "pull,push" : "pull"}`;
  }

  /** What the registry said last about how many more requests it grants; undefined when it has said nothing. */
  get rateLimit(): RateLimit | undefined {
    return this.#rateLimit;
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
  async request({ path, scope = this.scope, ...rest }: RepositoryRequest): Promise<TransportResponse> {
    const response = await this.#session.request({ ...rest, url: this.url(path), scope });
    if (response.fromOrigin) this.#rateLimit = parseRateLimit(response.headers) ?? this.#rateLimit;
    return response;
  }

  /** The whole address of something below `/v2/NAME/`. */
  url(path: string | URL): URL {
    return typeof path === "string" ? new URL(`/v2/${this.#reference.repository}/${path}`, this.origin) : path;
  }

  /** Where an answer to a request sends us, by the rules of redirects. */
  locate(from: URL, location: string | null): URL {
    return this.#session.locate(from, location);
  }

  close(): void {
    this.#session.close();
  }

  #question(tagOrDigest: string): StatusQuestion {
    const name = this.name;
    return {
      name,
      access: this.#access,
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
