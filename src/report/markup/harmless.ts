/** More of one value is not shown. */
const mostCharacters = 400;

/**
 * Characters that show nothing or that change how their neighbours are shown: controls, and those of writing direction
 * (Unicode Bidirectional Algorithm), which make a name look like another one.
 */
const deceiving =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]|\udb40[\udc00-\udc7f]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** A value as it can be shown: deceiving characters and halves of characters become U+FFFD, and a long one is cut. */
export function harmless(text: string): string {
  const short = text.length > mostCharacters ? `${text.slice(0, mostCharacters)}…` : text;
  return short.replace(deceiving, "\ufffd");
}
