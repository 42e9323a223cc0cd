import type { Engine, PushRequest } from "../engine.ts";
import type { PushEvent } from "../image/index.ts";
import { imageStore, tellImage } from "./imageMembers.ts";
import { type Places, probe, requireRoot } from "./places.ts";
import { registryAccess } from "./registryAccess.ts";

export type RegistryMembers = Pick<Engine, "push">;

/** What goes out to registries. */
export function registryMembers(places: Places): RegistryMembers {
  return { push: (request) => push(request, places) };
}

async function* push({ reference, platform, allTags, signal }: PushRequest, places: Places): AsyncGenerator<PushEvent> {
  requireRoot(await probe(places), "push an image");
  const { parseImageRef, pushImage } = await import("../image/index.ts");
  const request = {
    reference: parseImageRef(reference),
    store: await imageStore(places),
    registry: await registryAccess(places),
    ...(platform === undefined ? {} : { platform }),
    ...(allTags === undefined ? {} : { allTags }),
    ...(signal === undefined ? {} : { signal }),
  };
  for await (const event of pushImage(request)) {
    if (event.kind === "done") await tellImage(places, "push", event.reference);
    yield event;
  }
}
