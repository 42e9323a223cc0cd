import type { Answer } from "./answer.ts";
import { failure } from "./answer.ts";

/** Which entries of a list the client wants: at most `count`, after the name `last`. */
export interface Page {
  readonly count: number | undefined;
  readonly last: string | undefined;
}

/** What a request asks for. Names and references are as the client wrote them: keys to look up, never part of a path. */
export type Route =
  | { readonly kind: "base" }
  | { readonly kind: "catalog"; readonly page: Page }
  | { readonly kind: "tags"; readonly name: string; readonly page: Page }
  | { readonly kind: "referrers"; readonly name: string; readonly reference: string; readonly artifactType?: string }
  | { readonly kind: "manifest" | "blob"; readonly name: string; readonly reference: string }
  | Change
  | { readonly kind: "refused"; readonly answer: Answer };

/** What changes the store, or says how far a change is. */
export type Change =
  | {
      readonly kind: "putManifest" | "deleteManifest" | "deleteBlob";
      readonly name: string;
      readonly reference: string;
    }
  | UploadStart
  | UploadRoute;

/** The beginning of an upload; with a digest all of it, or the mount of a blob of another repository. */
export interface UploadStart {
  readonly kind: "startUpload";
  readonly name: string;
  readonly digest?: string;
  readonly mount?: string;
  readonly from?: string;
}

export interface UploadRoute {
  readonly kind: "uploadStatus" | "appendUpload" | "finishUpload" | "cancelUpload";
  readonly name: string;
  readonly id: string;
  readonly digest?: string;
}

const longestUrl = 2048;

/** Where a path leads, whatever the method. */
interface Place {
  readonly at: keyof typeof methods;
  readonly name: string;
  readonly reference: string;
}

const reading = { GET: true, HEAD: true } as const;

/** What can be done at each place (distribution-spec, "Endpoints"). */
const methods = {
  base: reading,
  catalog: reading,
  tags: reading,
  referrers: reading,
  manifest: { GET: "manifest", HEAD: "manifest", PUT: "putManifest", DELETE: "deleteManifest" },
  blob: { GET: "blob", HEAD: "blob", DELETE: "deleteBlob" },
  uploads: { POST: "startUpload" },
  upload: {
    GET: "uploadStatus",
    HEAD: "uploadStatus",
    PATCH: "appendUpload",
    PUT: "finishUpload",
    DELETE: "cancelUpload",
  },
} as const;

/** Takes a request line apart (distribution-spec, "Endpoints"). Linear in a bounded length. */
export function parseRoute(method: string, url: string): Route {
  if (url.length > longestUrl) return refused(failure("URI_TOO_LONG", `a URL has at most ${longestUrl} characters`));
  const question = url.indexOf("?");
  const place = placeOf(question === -1 ? url : url.slice(0, question));
  if (place === undefined) return refused(failure("NOT_FOUND", "no such path in a registry"));
  const allowed = methods[place.at];
  if (!Object.hasOwn(allowed, method)) {
    const Allow = Object.keys(allowed).join(", ");
    return refused(failure("UNSUPPORTED", `the method ${method.slice(0, 20)} has no meaning here`, { Allow }));
  }
  return routeTo(place, method, new URLSearchParams(question === -1 ? "" : url.slice(question + 1)));
}

function placeOf(path: string): Place | undefined {
  const nowhere = { name: "", reference: "" };
  if (path === "/v2/" || path === "/v2") return { at: "base", ...nowhere };
  if (path === "/v2/_catalog") return { at: "catalog", ...nowhere };
  if (!path.startsWith("/v2/")) return undefined;
  const parts = path.slice("/v2/".length).split("/");
  const reference = decoded(parts.at(-1) ?? "");
  if (reference === undefined) return undefined;
  const uploads = parts.lastIndexOf("uploads");
  if (uploads >= parts.length - 2 && parts[uploads - 1] === "blobs") {
    const id = uploads === parts.length - 1 ? "" : reference;
    return named({ at: id === "" ? "uploads" : "upload", name: parts.slice(0, uploads - 1).join("/"), reference: id });
  }
  const name = parts.slice(0, -2).join("/");
  switch (parts.at(-2)) {
    case "tags":
      return reference === "list" ? named({ at: "tags", name, reference }) : undefined;
    case "manifests":
      return named({ at: "manifest", name, reference });
    case "blobs":
      return named({ at: "blob", name, reference });
    case "referrers":
      return named({ at: "referrers", name, reference });
    default:
      return undefined;
  }
}

function named(place: Place): Place | undefined {
  return place.name === "" ? undefined : place;
}

/** Some clients write the colon of a digest as %3A. */
function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

function routeTo({ at, name, reference }: Place, method: string, query: URLSearchParams): Route {
  switch (at) {
    case "base":
      return { kind: "base" };
    case "catalog":
      return paged(query, (page) => ({ kind: "catalog", page }));
    case "tags":
      return paged(query, (page) => ({ kind: "tags", name, page }));
    case "referrers":
      return { kind: "referrers", name, reference, ...texts(query, ["artifactType"]) };
    case "manifest":
      return { kind: methods.manifest[method as keyof typeof methods.manifest], name, reference };
    case "blob":
      return { kind: methods.blob[method as keyof typeof methods.blob], name, reference };
    case "uploads":
      return { kind: "startUpload", name, ...texts(query, ["digest", "mount", "from"]) };
    case "upload": {
      const kind = methods.upload[method as keyof typeof methods.upload];
      return { kind, name, id: reference, ...texts(query, ["digest"]) };
    }
    default:
      return at satisfies never;
  }
}

/** The parameters of a query that are there. */
function texts<Name extends string>(query: URLSearchParams, names: readonly Name[]): Partial<Record<Name, string>> {
  const found: Partial<Record<Name, string>> = {};
  for (const name of names) {
    const value = query.get(name);
    if (value !== null && value !== "") found[name] = value;
  }
  return found;
}

function paged(query: URLSearchParams, route: (page: Page) => Route): Route {
  const count = query.get("n") ?? undefined;
  if (count !== undefined && !/^[0-9]{1,9}$/.test(count)) {
    return refused(failure("PAGINATION_NUMBER_INVALID", "n must be a whole number that is not negative"));
  }
  return route({ count: count === undefined ? undefined : Number(count), last: query.get("last") ?? undefined });
}

function refused(answer: Answer): Route {
  return { kind: "refused", answer };
}
