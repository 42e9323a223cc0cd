/**
 * A number of 32 bits that spreads over texts (FNV-1a, over four bytes at a time): for places in a table, where a clash costs a
 * second look and nothing else. Whoever can choose the texts can make them clash.
 */
export function foldText(text: string): number {
  const words = new Int32Array(Math.ceil(text.length / 4));
  Buffer.from(words.buffer).write(text, "latin1");
  let folded = 0x811c9dc5;
  for (let at = 0; at < words.length; at++) folded = Math.imul(folded ^ (words[at] ?? 0), 0x01000193);
  return folded >>> 0;
}
