import { harmless } from "./harmless.ts";

/** Text of a page that is markup already. `html` makes it, and escapes whatever else reaches a page. */
export interface Markup {
  readonly html: string;
}

/** What a template takes; nothing is written for undefined. */
export type Piece = Markup | string | number | undefined | readonly Piece[];

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&#34;",
  "'": "&#39;",
};

/** The template's own text is markup; every value in it that is not is escaped, for text and for quoted attributes alike. */
export function html(strings: TemplateStringsArray, ...values: readonly Piece[]): Markup {
  return { html: strings.map((text, index) => `${text}${write(values[index])}`).join("") };
}

function write(piece: Piece): string {
  if (piece === undefined) return "";
  if (typeof piece === "string") return harmless(piece).replace(/[&<>"']/g, (character) => entities[character] ?? "");
  if (typeof piece === "number") return String(piece);
  return "html" in piece ? piece.html : piece.map(write).join("");
}

/** A part of a list of pieces, and how many are not in it. */
export interface Shown {
  readonly pieces: readonly Markup[];
  readonly left: number;
}

/** As many of `items` from the first one on as fit into `bytes` of markup: strangers decide how many there are. */
export function within<Item>(bytes: number, items: readonly Item[], draw: (item: Item) => Markup): Shown {
  const pieces: Markup[] = [];
  let used = 0;
  for (const item of items) {
    const piece = draw(item);
    used += Buffer.byteLength(piece.html);
    if (used > bytes) break;
    pieces.push(piece);
  }
  return { pieces, left: items.length - pieces.length };
}
