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
  | { readonly kind: "manifest"; readonly name: string; readonly reference: string }
  | { readonly kind: "blob"; readonly name: string; readonly reference: string }
  | { readonly kind: "refused"; readonly answer: Answer };

const longestUrl = 2048;

/** Takes a request line apart (distribution-spec, "Endpoints", end-1 to end-3 and end-8). Linear in a bounded length. */
export function parseRoute(method: string, url: string): Route {
  if (url.length > longestUrl) return refused(failure("URI_TOO_LONG", `a URL has at most ${longestUrl} characters`));
  if (method !== "GET" && method !== "HEAD") {
    return refused(failure("UNSUPPORTED", "this registry is for pulling only", { Allow: "GET, HEAD" }));
  }
  const question = url.indexOf("?");
  const path = question === -1 ? url : url.slice(0, question);
  const query = new URLSearchParams(question === -1 ? "" : url.slice(question + 1));
  if (path === "/v2/" || path === "/v2") return { kind: "base" };
  if (!path.startsWith("/v2/")) return unknownPath();
  return parseBelowVersion(path.slice("/v2/".length), query);
}

function parseBelowVersion(path: string, query: URLSearchParams): Route {
  if (path === "_catalog") return paged(query, (page) => ({ kind: "catalog", page }));
  const lastSlash = path.lastIndexOf("/");
  const kindSlash = path.lastIndexOf("/", lastSlash - 1);
  const name = path.slice(0, Math.max(kindSlash, 0));
  const kind = path.slice(kindSlash + 1, lastSlash);
  const reference = decoded(path.slice(lastSlash + 1));
  if (name === "" || reference === undefined) return unknownPath();
  if (kind === "tags" && reference === "list") return paged(query, (page) => ({ kind: "tags", name, page }));
  if (kind === "manifests") return { kind: "manifest", name, reference };
  return kind === "blobs" ? { kind: "blob", name, reference } : unknownPath();
}

/** Some clients write the colon of a digest as %3A. */
function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

function paged(query: URLSearchParams, route: (page: Page) => Route): Route {
  const count = query.get("n") ?? undefined;
  if (count !== undefined && !/^[0-9]{1,9}$/.test(count)) {
    return refused(failure("PAGINATION_NUMBER_INVALID", "n must be a whole number that is not negative"));
  }
  return route({ count: count === undefined ? undefined : Number(count), last: query.get("last") ?? undefined });
}

function unknownPath(): Route {
  return refused(failure("NOT_FOUND", "no such path in a registry for pulling"));
}

function refused(answer: Answer): Route {
  return { kind: "refused", answer };
}
