import type { CommandEntry } from "./commandTable.ts";

/** A verb by itself and, the same, in a group: `rm` and `container rm`. There it may have another word, and aliases. */
export function alsoBelow(
  group: string,
  entry: CommandEntry,
  { word = entry.words, aliases }: { readonly word?: string; readonly aliases?: readonly string[] } = {},
): readonly CommandEntry[] {
  const { words: sameAs, summary, load } = entry;
  const names = aliases === undefined ? {} : { aliases };
  return [entry, { words: `${group} ${word}`, ...names, sameAs, section: "other", summary, load }];
}
