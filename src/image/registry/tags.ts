import { EngineError } from "../../base/index.ts";
import { type ImageRef, parseImageRef } from "../reference.ts";
import { RepositoryClient } from "./client.ts";
import { readBounded } from "./documents.ts";
import type { RegistryOptions } from "./options.ts";
import { nextPage } from "./pages.ts";
import { withRetries } from "./retry.ts";
import { type ImageSource, imageSources, withSources } from "./sources.ts";

const pageSize = 1000;
const maximumPages = 200;
const maximumPageBytes = 4 * 1024 * 1024;

/**
 * Lists all tags of a repository, page by page (distribution-spec, "Listing Tags"), as the first of its registry's
 * mirrors that can do so knows them.
 *
 * @throws EngineError of the registry; `registryProtocol` for pages that lead elsewhere or never end.
 */
export async function listTags(reference: ImageRef, options: RegistryOptions): Promise<readonly string[]> {
  const sources = imageSources(reference, options);
  const ignore = (): void => {}; // the pull of the first tag says it
  return withSources(sources, (source) => tagsAt(source), ignore);
}

async function tagsAt({ reference, options }: ImageSource): Promise<readonly string[]> {
  const { registry, repository } = reference;
  const client = await RepositoryClient.open({ registry, repository }, options);
  try {
    const tags = new Set<string>();
    let path: string | URL | undefined = `tags/list?n=${pageSize}`;
    for (let page = 0; path !== undefined; page += 1) {
      if (page === maximumPages) throw endless(client);
      const next: TagPage = await readPage(client, path);
      for (const tag of next.tags) tags.add(tag);
      path = next.next;
    }
    return [...tags].filter((tag) => isUsableTag(reference, tag));
  } finally {
    client.close();
  }
}

interface TagPage {
  readonly tags: readonly string[];
  readonly next: URL | undefined;
}

function readPage(client: RepositoryClient, path: string | URL): Promise<TagPage> {
  const attempt = `list the tags of "${client.name}" at "${client.origin}"`;
  return withRetries(client.options, async () => {
    const response = await client.request({
      method: "GET",
      path,
      headers: { accept: "application/json" },
      question: { attempt, name: client.name, missing: "repository" },
    });
    const bytes = await readBounded(response, maximumPageBytes, attempt);
    const next = nextPage(response.headers.get("link"), {
      origin: client.origin,
      what: `the tags of "${client.name}"`,
    });
    return { tags: parseTags(bytes, attempt), next };
  });
}

function parseTags(bytes: Uint8Array, attempt: string): readonly string[] {
  const answer = parseJson(bytes);
  const tags = typeof answer === "object" && answer !== null && "tags" in answer ? answer.tags : undefined;
  // A repository without tags has null there.
  if (tags === null) return [];
  if (Array.isArray(tags)) return tags.filter((tag): tag is string => typeof tag === "string");
  throw new EngineError("registryProtocol", `cannot ${attempt}: the answer is not a list of tags`);
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString("utf8"));
  } catch {
    return undefined;
  }
}

function isUsableTag({ registry, repository }: ImageRef, tag: string): boolean {
  try {
    return parseImageRef(`${registry}/${repository}:${tag}`).tag === tag;
  } catch {
    return false;
  }
}

function endless(client: RepositoryClient): EngineError {
  return new EngineError("registryProtocol", `the tags of "${client.name}" do not end after ${maximumPages} pages`);
}
