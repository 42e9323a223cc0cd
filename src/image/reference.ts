import { EngineError } from "../base/index.ts";
import type { Digest } from "../oci/index.ts";
import { isDigest } from "./digest.ts";

/** An image's name, taken apart. Made by `parseImageRef`; every part is safe in a URL and in a path. */
export interface ImageRef {
  /** Host and optional port: `docker.io`, `localhost:5000`, `[::1]:5000`. */
  readonly registry: string;
  /** `library/alpine`. */
  readonly repository: string;
  readonly tag?: string;
  readonly digest?: Digest;
}

const maximumNameLength = 255;
const maximumTagLength = 128;
const maximumReferenceLength = maximumNameLength + 1 + maximumTagLength + 1 + 135;

/**
 * Parses `[HOST[:PORT]/]NAME[:TAG][@DIGEST]` by Docker's rules: a first part with a dot, a colon or a capital letter,
 * or `localhost`, is a registry; anything else belongs to Docker Hub, where single names live below `library/`.
 * Neither tag nor digest is made up; see `withDefaultTag`. Linear in a bounded length.
 *
 * @throws EngineError `invalidReference`.
 */
export function parseImageRef(text: string): ImageRef {
  if (text.length === 0 || text.length > maximumReferenceLength) throw invalid(text);
  const at = text.indexOf("@");
  const digest = at === -1 ? undefined : text.slice(at + 1);
  if (digest !== undefined && !isDigest(digest)) throw invalid(text, "the part after the @ is not a digest");
  const beforeDigest = at === -1 ? text : text.slice(0, at);
  const colon = beforeDigest.lastIndexOf(":");
  const hasTag = colon > beforeDigest.lastIndexOf("/");
  const tag = hasTag ? beforeDigest.slice(colon + 1) : undefined;
  if (tag !== undefined && !isTag(tag)) throw invalid(text, "the part after the last : is not a tag");
  const name = splitRegistry(hasTag ? beforeDigest.slice(0, colon) : beforeDigest);
  checkName(text, name);
  return { ...name, ...(tag === undefined ? {} : { tag }), ...(digest === undefined ? {} : { digest }) };
}

interface RepositoryName {
  readonly registry: string;
  readonly repository: string;
}

function splitRegistry(name: string): RepositoryName {
  const slash = name.indexOf("/");
  const first = name.slice(0, Math.max(slash, 0));
  const isHost = isRegistryPart(first);
  const registry = isHost ? first.toLowerCase() : "docker.io";
  const path = isHost ? name.slice(slash + 1) : name;
  if (registry !== "docker.io" && registry !== "index.docker.io") return { registry, repository: path };
  return { registry: "docker.io", repository: path.includes("/") ? path : `library/${path}` };
}

/**
 * Whether the part before the first slash is a registry rather than a user of Docker Hub. Upper case alone makes none:
 * the canonical text has lower case, and would be the name of another image.
 */
function isRegistryPart(first: string): boolean {
  return /[.:]/.test(first) || first.toLowerCase() === "localhost";
}

/**
 * The full names that a name without a registry may stand for: below each `registry[/path]` of the search, in its
 * order. None for a name with a registry and without a search. Pure.
 */
export function searchedNames(text: string, search: readonly string[]): readonly string[] {
  if (isRegistryPart(text.slice(0, Math.max(text.indexOf("/"), 0)))) return [];
  return search.map((place) => `${place}/${text}`);
}

function checkName(text: string, { registry, repository }: RepositoryName): void {
  if (!isRegistry(registry)) throw invalid(text, "the registry is not a host name with an optional port");
  if (/[A-Z]/.test(repository)) {
    throw new EngineError("invalidReference", "invalid reference format: repository name must be lowercase", {
      hint: `write ${JSON.stringify(repository.toLowerCase())} instead of ${JSON.stringify(repository)}`,
      details: { reference: text },
    });
  }
  if (!isRepository(repository)) throw invalid(text);
  if (registry.length + 1 + repository.length > maximumNameLength) {
    throw invalid(text, `a repository name has at most ${maximumNameLength} characters`);
  }
  if (registry === "docker.io" && /^library\/[0-9a-f]{64}$/.test(repository)) {
    throw invalid(text, "64 hexadecimal digits are an image id, not a name");
  }
}

const isAlphanumeric = (code: number): boolean => (code >= 48 && code <= 57) || (code >= 97 && code <= 122);

/** Lower-case parts separated by slashes; inside a part single dots, one or two underscores, or dashes separate. */
function isRepository(repository: string): boolean {
  return repository.length <= maximumNameLength && repository.split("/").every(isPathComponent);
}

function isPathComponent(part: string): boolean {
  let separator = "";
  for (const character of part) {
    if (isAlphanumeric(character.charCodeAt(0))) {
      if (!isSeparator(separator)) return false;
      separator = "";
    } else if ("._-".includes(character)) {
      separator += character;
    } else {
      return false;
    }
  }
  return part !== "" && separator === "" && isAlphanumeric(part.charCodeAt(0));
}

function isSeparator(text: string): boolean {
  return text === "" || text === "." || text === "_" || text === "__" || /^-+$/.test(text);
}

function isTag(tag: string): boolean {
  return tag.length <= maximumTagLength && /^[A-Za-z0-9_][A-Za-z0-9_.-]*$/.test(tag);
}

function isRegistry(registry: string): boolean {
  if (registry.length > maximumNameLength) return false;
  const bracket = registry.lastIndexOf("]");
  const colon = registry.indexOf(":", bracket + 1);
  const port = colon === -1 ? undefined : registry.slice(colon + 1);
  if (port !== undefined && !(/^[0-9]{1,5}$/.test(port) && Number(port) >= 1 && Number(port) <= 65535)) return false;
  const host = colon === -1 ? registry : registry.slice(0, colon);
  if (host.startsWith("[")) return /^\[[0-9a-f:]{2,39}\]$/.test(host);
  return host.split(".").every((label) => label !== "" && /^[a-z0-9-]+$/.test(label) && !/^-|-$/.test(label));
}

/** The reference with the tag `latest` when it has neither tag nor digest. */
export function withDefaultTag(reference: ImageRef): ImageRef {
  return reference.tag === undefined && reference.digest === undefined ? { ...reference, tag: "latest" } : reference;
}

/**
 * The name that an image is to get.
 *
 * @throws EngineError `invalidReference`, also for a name with a digest.
 */
export function newImageName(text: string): ImageRef {
  const reference = withDefaultTag(parseImageRef(text));
  if (reference.digest === undefined) return reference;
  throw new EngineError("invalidReference", "refusing to create a tag with a digest reference", {
    hint: "a digest follows from the content: write NAME[:TAG]",
  });
}

/** The full, canonical text: `docker.io/library/alpine:3.20`. Parsing it gives the same reference. */
export function formatImageRef(reference: ImageRef): string {
  return `${reference.registry}/${reference.repository}${suffix(reference)}`;
}

/** The short text that Docker shows: `alpine:3.20`, `user/tool`, `localhost:5000/app:1`. */
export function familiarName(reference: ImageRef): string {
  const { registry, repository } = reference;
  if (registry !== "docker.io") return formatImageRef(reference);
  const short = repository.startsWith("library/") ? repository.slice("library/".length) : repository;
  return short + suffix(reference);
}

function suffix({ tag, digest }: ImageRef): string {
  return (tag === undefined ? "" : `:${tag}`) + (digest === undefined ? "" : `@${digest}`);
}

function invalid(
  text: string,
  hint = 'write it like "alpine:3.20" or "registry.example.com/team/app:1.0"',
): EngineError {
  const shown = text.length > 120 ? `${text.slice(0, 120)}...` : text;
  return new EngineError("invalidReference", `invalid reference format: ${JSON.stringify(shown)}`, {
    hint,
    details: { reference: shown },
  });
}
