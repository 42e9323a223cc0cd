import type { Engine } from "../engine.ts";
import { storedName } from "./configured.ts";
import { imageStore, layerStore, tellImage } from "./imageMembers.ts";
import { type Places, probe, requireRoot } from "./places.ts";

export type ImageArchiveMembers = Pick<Engine, "saveImages" | "loadImages">;

/** Far above real archives: those of many images have a few thousand files. */
const archiveLimits = { totalBytes: 1024 ** 4, entries: 100_000 };

/** Images as files; the image room knows what is in them, the overlay room how tar archives look. */
export function imageArchiveMembers(places: Places): ImageArchiveMembers {
  return {
    async *saveImages(request) {
      requireRoot(await probe(places), "save images");
      const { saveImages } = await import("../image/index.ts");
      const { endOfTar, fileInTar } = await import("../overlay/index.ts");
      const references = await Promise.all(request.references.map((text) => storedName(text, places)));
      const format = { file: fileInTar, end: endOfTar };
      yield* saveImages({ ...request, references, store: await imageStore(places), format });
      for (const reference of request.references) await tellImage(places, "save", reference);
    },
    async *loadImages(request) {
      requireRoot(await probe(places), "load images");
      const { loadImages } = await import("../image/index.ts");
      const { layerKeeper } = await import("../container/index.ts");
      const { indexTar } = await import("../overlay/index.ts");
      const [store, layers] = [await imageStore(places), await layerStore(places)];
      const listMembers = (archive: Parameters<typeof indexTar>[0]) => indexTar(archive, archiveLimits);
      for await (const event of loadImages({ ...request, store, layers, listMembers, keeper: layerKeeper(places) })) {
        if (event.kind === "loaded") await tellImage(places, "load", event.reference ?? event.id);
        yield event;
      }
    },
  };
}
