import { html, type Markup } from "./html.ts";

/** The width of drawings whose height and place on the page are the style's. */
const fullWidth = 1000;

export interface Part {
  /** A class of the style: `refused`. */
  readonly kind: string;
  readonly share: number;
}

/** A bar of parts, whose shares are of 1; `title` says in words what it shows. */
export function stackedBar(title: string, parts: readonly Part[]): Markup {
  let at = 0;
  const drawn = parts.map(({ kind, share }) => {
    const [x, width] = [at, Math.max(0, Math.min(fullWidth - at, share * fullWidth))];
    at += width;
    return html`<rect class="${kind}" x="${round(x)}" y="0" width="${round(width)}" height="20"/>`;
  });
  return html`<svg class="bar" role="img" viewBox="0 0 ${fullWidth} 20" preserveAspectRatio="none"><title>${title}</title><rect class="rest" x="0" y="0" width="${fullWidth}" height="20"/>${drawn}</svg>`;
}

export interface Span {
  readonly anchor: string;
  readonly title: string;
  /** Of 1. */
  readonly from: number;
  readonly to: number;
}

/** Marks at places of a line that lead to where they are explained. A short one is still wide enough to be seen. */
export function linkedSpans(label: string, kind: string, spans: readonly Span[]): Markup {
  const drawn = spans.map(({ anchor, title, from, to }) => {
    const width = Math.max(2.5, (to - from) * fullWidth);
    const x = Math.min(from * fullWidth, fullWidth - width);
    return html`<a href="#${anchor}" aria-label="${title}"><title>${title}</title><rect class="${kind}" x="${round(x)}" y="1" width="${round(width)}" height="18"/></a>`;
  });
  return html`<svg class="lane" role="group" aria-label="${label}" viewBox="0 0 ${fullWidth} 20" preserveAspectRatio="none"><title>${label}</title><rect class="rest" x="0" y="1" width="${fullWidth}" height="18"/>${drawn}</svg>`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
