import { type Digest, isDigest } from "../../oci/index.ts";
import type { ImageStore } from "../store.ts";
import { readIndex } from "../storeIndex.ts";
import { storeLayout } from "../storeLayout.ts";
import { type Answer, json, Refusal } from "./answer.ts";
import { answerBlob, blobSizes } from "./answerBlob.ts";
import { answerCatalog, answerManifest, answerTags } from "./answers.ts";
import { repositoryContents } from "./contents.ts";
import { type DeleteSettings, deleteBlob, deleteManifest } from "./deletions.ts";
import { continueUpload, type Sent, startUpload } from "./pushBlob.ts";
import type { Pushes } from "./pushes.ts";
import { putManifest } from "./pushManifest.ts";
import { answerReferrers } from "./referrers.ts";
import { servedRepositories } from "./repositories.ts";
import type { Change, Route } from "./route.ts";

/** What is served, and what clients may do beyond pulling. */
export interface Registry {
  readonly store: ImageStore;
  readonly pushes?: Pushes;
  readonly deletes?: DeleteSettings;
}

/**
 * Answers one request from what the store holds at this moment.
 *
 * @throws Refusal, EngineError of the store, and what the body of the request throws.
 */
export async function answerRoute(registry: Registry, route: Route, sent: Sent): Promise<Answer> {
  const { store } = registry;
  const layout = storeLayout(store.directory);
  switch (route.kind) {
    case "refused":
      return route.answer;
    case "base":
      return json({});
    case "catalog":
      return answerCatalog(servedRepositories(readIndex(layout)), route.page);
    case "tags":
      return answerTags(servedRepositories(readIndex(layout)), route.name, route.page);
    case "referrers": {
      if (!isDigest(route.reference)) throw new Refusal("DIGEST_INVALID", "the digest is not one of a known algorithm");
      const contents = repositoryContents(layout, servedRepositories(readIndex(layout)).find(route.name));
      return answerReferrers(contents, route.reference, route.artifactType);
    }
    case "manifest":
      return answerManifest(store, servedRepositories(readIndex(layout)).find(route.name), route);
    case "blob":
      // Who looks whether a blob is here may be about to push what needs it.
      if (sent.method === "HEAD") await registry.pushes?.pause.extend();
      return answerBlob(registry, { ...route, headers: sent.headers });
    default:
      return answerChange(registry, route, sent);
  }
}

async function answerChange(registry: Registry, route: Change, sent: Sent): Promise<Answer> {
  const { pushes } = registry;
  if (pushes === undefined) {
    throw new Refusal(
      "UNSUPPORTED",
      "this registry is for pulling only: start it with --htpasswd or --allow-push to push",
      { Allow: "GET, HEAD" },
    );
  }
  switch (route.kind) {
    case "putManifest":
      return putManifest(pushes, { ...route, sent, blobSize: blobSizes(registry, route.name) });
    case "startUpload": {
      const hasBlob = async (name: string, digest: Digest) => (await blobSizes(registry, name)(digest)) !== undefined;
      return startUpload(pushes, route, { sent, hasBlob });
    }
    case "deleteManifest":
    case "deleteBlob":
      return answerDeletion({ ...registry, pushes }, route);
    default:
      return continueUpload(pushes, route, sent);
  }
}

type Deletion = Extract<Change, { kind: "deleteManifest" | "deleteBlob" | "putManifest" }>;

async function answerDeletion(
  { store, pushes, deletes }: Registry & { readonly pushes: Pushes },
  route: Deletion,
): Promise<Answer> {
  if (deletes === undefined) throw new Refusal("UNSUPPORTED", "this registry does not delete", { Allow: "GET, HEAD" });
  if (route.kind === "deleteBlob") return deleteBlob({ store, pushes }, route);
  const answer = await deleteManifest({ store, settings: deletes }, route);
  // While somebody pushes a sweep would only be put off: the next one finds the same.
  if (!pushes.pause.isHeld) await deletes.sweep();
  return answer;
}
