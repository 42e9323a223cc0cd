import { EngineError } from "../base/index.ts";
import type { PullRequest } from "../engine.ts";
import type { PullEvent } from "../image/index.ts";
import { imageStore, layerStore, tellImage } from "./imageMembers.ts";
import { type Places, probe, requireRoot } from "./places.ts";
import { registryAccess } from "./registryAccess.ts";

/**
 * Pulls an image by the configuration: a name without a registry from the first place of the search that has it.
 *
 * @throws EngineError of the last place, or at once what is no answer to where the image is.
 */
export async function* pull(request: PullRequest, places: Places): AsyncGenerator<PullEvent> {
  requireRoot(await probe(places), "pull an image");
  const { searchedNames } = await import("../image/index.ts");
  const searched = searchedNames(request.reference, places.settings.configuration?.search ?? []);
  const names = searched.length === 0 ? [request.reference] : searched;
  for (const [index, reference] of names.entries()) {
    let isFound = false;
    try {
      for await (const event of pullNamed({ ...request, reference }, places)) {
        isFound ||= event.kind === "resolved";
        yield event;
      }
      return;
    } catch (error) {
      // A place that cannot be asked might have had it: another's image of that name is not what was meant.
      if (isFound || index === names.length - 1 || !isAbsence(error)) throw error;
      yield { kind: "notice", message: `"${reference}" is not there: ${error.message}` };
    }
  }
}

/** Docker Hub answers for what does not exist as for what one may not see. */
function isAbsence(error: unknown): error is EngineError {
  const codes: readonly string[] = ["registryNotFound", "registryDenied", "registryUnauthorized"];
  return error instanceof EngineError && codes.includes(error.code);
}

async function* pullNamed(request: PullRequest, places: Places): AsyncGenerator<PullEvent> {
  const { allTags, signal, verifyKey } = request;
  const { listTags, parseImageRef, pullImage } = await import("../image/index.ts");
  const { configuration = {} } = places.settings;
  const registry = await registryAccess(places);
  const stop = signal === undefined ? {} : { signal };
  const named = parseImageRef(request.reference);
  const tags = allTags === true ? await listTags(named, { ...registry, ...stop }) : undefined;
  const references = tags?.map((tag) => ({ registry: named.registry, repository: named.repository, tag })) ?? [named];
  const platform = request.platform ?? configuration.platform;
  const { concurrency } = configuration.pull ?? {};
  const settings = {
    store: await imageStore(places),
    layers: await layerStore(places),
    registry,
    trust: {
      ...(configuration.trust === undefined ? {} : { policy: configuration.trust }),
      ...(verifyKey === undefined ? {} : { verifyKey }),
    },
    ...(platform === undefined ? {} : { platform }),
    ...(concurrency === undefined ? {} : { parallelLayers: concurrency }),
    ...(request.onTrace === undefined ? {} : { onTrace: request.onTrace }),
    ...stop,
  };
  for (const reference of references) {
    for await (const event of pullImage({ ...settings, reference })) {
      if (event.kind === "done") await tellImage(places, "pull", event.reference);
      yield event;
    }
  }
}
