/**
 * A number of 32 bits that spreads over texts (FNV-1a): for places in a table, where a clash costs a second look and
 * nothing else. Whoever can choose the texts can make them clash.
 */
export function foldText(text: string): number {
  let folded = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) folded = Math.imul(folded ^ text.charCodeAt(at), 0x01000193);
  return folded >>> 0;
}
