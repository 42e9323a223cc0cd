import { EngineError, type ErrorCode } from "../../base/index.ts";
import type { ImageRef } from "../reference.ts";
import { requireAllowed } from "./endpoint.ts";
import type { RegistryOptions } from "./options.ts";

/** A place where an image may be had. */
export interface ImageSource {
  /** What to ask for there: the image's own name, or its name at a mirror. */
  readonly reference: ImageRef;
  readonly isMirror: boolean;
  readonly options: RegistryOptions;
}

/** A mirror that does not answer must not keep anybody waiting as long as the only registry may. */
const mirrorPatience = { retries: { attempts: 2 }, timeouts: { headersMs: 10_000 } } as const;

/**
 * Where an image may be had, in the order to try: the mirrors of its registry, then the registry itself. A mirror is
 * asked as a registry of its own, so that it gets the credentials that are kept for it and no others, and is spoken to
 * in plain HTTP only when it is itself configured as insecure. Pure.
 *
 * @throws EngineError `registryBlocked`.
 */
export function imageSources(reference: ImageRef, options: RegistryOptions): readonly ImageSource[] {
  requireAllowed(reference.registry, options);
  const mirrors = (options.mirrors?.get(reference.registry) ?? []).map((mirror): ImageSource => {
    const slash = mirror.indexOf("/");
    const [registry, path] = slash === -1 ? [mirror, ""] : [mirror.slice(0, slash), mirror.slice(slash)];
    const repository = `${path}/${reference.repository}`.slice(1);
    return {
      reference: { ...reference, registry, repository },
      isMirror: true,
      options: {
        ...options,
        retries: { ...mirrorPatience.retries, ...options.retries },
        timeouts: { ...mirrorPatience.timeouts, ...options.timeouts },
      },
    };
  });
  return [...mirrors, { reference, isMirror: false, options }];
}

/** Failures that say something about the mirror and nothing about this machine or the user's wish. */
const mirrorFailures: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  "registryUnreachable",
  "registryUnauthorized",
  "registryDenied",
  "registryNotFound",
  "registryRateLimited",
  "registryProtocol",
  "registryBlocked",
  "insecureRegistry",
  "platformNotFound",
  "unsupportedMediaType",
  "ambiguousDocument",
  "malformedDocument",
  "digestMismatch",
  "sizeMismatch",
  "diffIdMismatch",
  "truncatedBlob",
  "limitExceeded",
  "imageUntrusted",
]);

/**
 * Runs `attempt` with each source until one serves; the failure of a mirror goes to `tell`, the registry's own is the
 * one that counts.
 *
 * @throws EngineError of the registry itself, or at once what no other source could mend.
 */
export async function withSources<Result>(
  sources: readonly ImageSource[],
  attempt: (source: ImageSource) => Promise<Result>,
  tell: (message: string) => void,
): Promise<Result> {
  for (const source of sources) {
    try {
      return await attempt(source);
    } catch (error) {
      const isTheirs = error instanceof EngineError && mirrorFailures.has(error.code);
      if (!source.isMirror || !isTheirs) throw error;
      tell(`the mirror "${source.reference.registry}" cannot serve it: ${error.message}`);
    }
  }
  throw new Error("the registry itself is always among the sources");
}
