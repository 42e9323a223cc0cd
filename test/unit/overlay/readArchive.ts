import { defaultLayerLimits, type LayerLimits } from "../../../src/overlay/layerLimits.ts";
import type { TarEntry } from "../../../src/overlay/tarEntry.ts";
import { TarReader } from "../../../src/overlay/tarReader.ts";

export interface ReadMember extends TarEntry {
  readonly content: string;
}

/** Everything in an archive that is fed in pieces of the given size. */
export function readArchive(
  archive: Uint8Array,
  options: { readonly pieceBytes?: number; readonly limits?: Partial<LayerLimits> } = {},
): readonly ReadMember[] {
  const members: { entry: TarEntry; content: string }[] = [];
  const reader = new TarReader(
    {
      entry: (entry) => void members.push({ entry, content: "" }),
      content: (bytes) => {
        const last = members.at(-1);
        if (last !== undefined) last.content += bytes.toString("latin1");
      },
    },
    { ...defaultLayerLimits, ...options.limits },
  );
  const step = options.pieceBytes ?? archive.length;
  for (let at = 0; at < archive.length; at += step) reader.feed(archive.subarray(at, at + step));
  reader.finish();
  return members.map(({ entry, content }) => ({ ...entry, content }));
}
