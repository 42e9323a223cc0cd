import { html, type Markup, type Piece } from "./html.ts";

export interface Table {
  readonly caption: string;
  readonly head: readonly string[];
  /** A cell for each heading; the first one names the row. */
  readonly rows: readonly (readonly Piece[])[];
}

/**
 * A table that a narrow screen shows as a block for each row, with the headings before the cells. The roles keep it a
 * table for assistive technology where its parts are no longer laid out as one.
 */
export function table({ caption, head, rows }: Table): Markup {
  const heads = head.map((text) => html`<th role="columnheader" scope="col">${text}</th>`);
  return html`<table role="table"><caption>${caption}</caption>
<thead role="rowgroup"><tr role="row">${heads}</tr></thead>
<tbody role="rowgroup">${rows.map((cells) => row(cells, head))}</tbody></table>
`;
}

function row(cells: readonly Piece[], head: readonly string[]): Markup {
  const drawn = cells.map((cell, index) =>
    index === 0
      ? html`<th role="rowheader" scope="row">${cell}</th>`
      : html`<td role="cell" data-label="${head[index]}"${isShort(cell) ? html` class="short"` : undefined}><div>${cell}</div></td>`,
  );
  return html`<tr role="row">${drawn}</tr>
`;
}

/** Numbers and words are not broken. */
function isShort(cell: Piece): boolean {
  return typeof cell === "string" && cell.length <= 12;
}

/** Names and values; what has no value is left out. */
export function factList(entries: readonly (readonly [string, Piece])[]): Markup {
  const shown = entries.filter(([, value]) => value !== undefined && value !== "");
  return html`<dl class="facts">${shown.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
`;
}
