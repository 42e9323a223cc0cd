import { EngineError } from "../../base/index.ts";
import { parseImageRef } from "../reference.ts";
import { readBounded } from "./documents.ts";
import type { RegistryOptions } from "./options.ts";
import { nextPage } from "./pages.ts";
import { withRetries } from "./retry.ts";
import { RegistrySession } from "./session.ts";

/** A repository that was found. What it says about itself comes from strangers. */
export interface FoundRepository {
  /** As it stands in `pull`. */
  readonly name: string;
  readonly description: string;
  readonly starCount: number;
  readonly isOfficial: boolean;
  readonly isAutomated: boolean;
}

export interface SearchTerm {
  /** `docker.io` for Docker Hub, the only one that knows more than names. */
  readonly registry: string;
  readonly words: string;
}

const hubHost = "index.docker.io";
const pageSize = 1000;
const maximumPages = 200;
const maximumAnswer = 4 * 1024 * 1024;
const maximumDescription = 4096;
const longestTerm = 255;

/**
 * Takes a term apart by the rule of references: a first part with a dot, a colon or a capital letter, or `localhost`, is
 * a registry.
 *
 * @throws EngineError `invalidReference`.
 */
export function parseSearchTerm(term: string): SearchTerm {
  const slash = term.indexOf("/");
  const first = slash === -1 ? "" : term.slice(0, slash);
  if (term.trim() === "" || term.length > longestTerm) {
    throw new EngineError("invalidReference", `${JSON.stringify(term.slice(0, 80))} is no term to search for`);
  }
  const isHost = /[.:A-Z]/.test(first) || first === "localhost";
  const registry = isHost ? parseImageRef(`${first}/x/x`).registry : "docker.io";
  const words = isHost ? term.slice(slash + 1) : term;
  return { registry, words: registry === "docker.io" ? words.replace(/^library\//, "") : words };
}

/**
 * Searches Docker Hub, in its own order, or the names in a registry's catalog (distribution's API, "Listing
 * Repositories"). At most `limit` results.
 *
 * @throws EngineError of the registry; `registryNotFound` when it has no catalog.
 */
export async function searchRegistry(
  term: SearchTerm,
  limit: number,
  options: RegistryOptions,
): Promise<readonly FoundRepository[]> {
  const isHub = term.registry === "docker.io";
  const session = await RegistrySession.open(isHub ? hubHost : term.registry, options);
  try {
    return isHub ? await searchHub(session, term.words, limit) : await searchCatalog(session, term, limit);
  } finally {
    session.close();
  }
}

/** Docker Hub's search, as the Docker Engine asks it. */
export async function searchHub(
  session: RegistrySession,
  words: string,
  limit: number,
): Promise<readonly FoundRepository[]> {
  const url = new URL("/v1/search", session.origin);
  url.search = new URLSearchParams({ q: words, n: String(limit) }).toString();
  const { answer } = await ask(session, { url, name: "docker.io", scope: "" });
  const results = answer?.results;
  if (!Array.isArray(results)) throw unreadable("docker.io");
  return results.slice(0, limit).flatMap(parseResult);
}

function parseResult(value: unknown): readonly FoundRepository[] {
  const result = typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
  if (typeof result.name !== "string") return [];
  const stars = Number(result.star_count);
  return [
    {
      name: result.name.slice(0, longestTerm),
      description: typeof result.description === "string" ? result.description.slice(0, maximumDescription) : "",
      starCount: Number.isSafeInteger(stars) && stars > 0 ? stars : 0,
      isOfficial: result.is_official === true,
      isAutomated: result.is_automated === true,
    },
  ];
}

async function searchCatalog(
  session: RegistrySession,
  { registry, words }: SearchTerm,
  limit: number,
): Promise<readonly FoundRepository[]> {
  const found: FoundRepository[] = [];
  let url: URL | undefined = new URL(`/v2/_catalog?n=${pageSize}`, session.origin);
  for (let page = 0; url !== undefined && found.length < limit; page += 1) {
    if (page === maximumPages) {
      throw new EngineError("registryProtocol", `the catalog of "${registry}" does not end after ${page} pages`);
    }
    const { answer, link } = await ask(session, { url, name: registry, scope: "registry:catalog:*" });
    const names = answer?.repositories;
    if (!Array.isArray(names)) throw unreadable(registry);
    const fitting = names.filter((name): name is string => typeof name === "string" && name.includes(words));
    for (const name of fitting) {
      const about = { description: "", starCount: 0, isOfficial: false, isAutomated: false };
      found.push({ name: `${registry}/${name.slice(0, longestTerm)}`, ...about });
    }
    url = nextPage(link, { origin: session.origin, what: `the repositories of "${registry}"` });
  }
  return found.slice(0, limit);
}

interface Question {
  readonly url: URL;
  readonly name: string;
  readonly scope: string;
}

interface Answer {
  readonly answer: { readonly results?: unknown; readonly repositories?: unknown } | undefined;
  readonly link: string | null;
}

function ask(session: RegistrySession, { url, name, scope }: Question): Promise<Answer> {
  const attempt = `search "${name}"`;
  return withRetries(session.options, async () => {
    const headers = { accept: "application/json" };
    const question = { attempt, name, access: "search" } as const;
    const response = await session.request({ method: "GET", url, headers, scope, question });
    const bytes = await readBounded(response, maximumAnswer, attempt);
    return { answer: parseObject(bytes), link: response.headers.get("link") };
  });
}

function parseObject(bytes: Uint8Array): Answer["answer"] {
  try {
    const value: unknown = JSON.parse(Buffer.from(bytes).toString("utf8"));
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

function unreadable(registry: string): EngineError {
  return new EngineError("registryProtocol", `cannot search "${registry}": the answer is not a list of repositories`);
}
