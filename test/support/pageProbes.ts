/*
 * What tests ask a page in a browser: expressions that it evaluates. They are texts, because the types of a browser's
 * world are not those of Node's.
 */

/** Opens everything that can be opened. */
export const openDetails = `for (const details of document.querySelectorAll("details")) details.open = true;`;

/** Elements that reach beyond the window on the right. */
export const overflowing = `[...document.querySelectorAll("body *")].flatMap((element) => {
  const { right, left } = element.getBoundingClientRect();
  const limit = document.documentElement.clientWidth + 0.5;
  return right > limit && left >= 0 ? [element.tagName + "." + element.getAttribute("class") + " ends at " + right] : [];
})`;

export const scrollWidth = "document.documentElement.scrollWidth";

export const ground = "getComputedStyle(document.body).backgroundColor";

/** The place of an element among all of its kind tells it from the others. */
const nameOf = `((element) => element.tagName.toLowerCase() + " " + [...document.querySelectorAll(element.tagName)].indexOf(element))`;

/** A name for what has the focus. */
export const focused = `document.activeElement === null || document.activeElement === document.body ? "" : ${nameOf}(document.activeElement)`;

/** The names of everything that the keyboard must reach: what is closed keeps its content to itself. */
export const reachable = `[...document.querySelectorAll("a[href], summary, input:checked")]
  .filter((element) => {
    const closed = element.closest("details:not([open])");
    return closed === null || (element.tagName === "SUMMARY" && closed.contains(element) && element.parentElement === closed);
  })
  .map(${nameOf})`;

export const outline = "getComputedStyle(document.activeElement).outlineStyle";

/** Of what the address names: the heading, and whether the window shows it. */
export const targetHeading = `document.querySelector(":target h4")?.textContent ?? ""`;
export const targetIsSeen = `(() => {
  const top = document.querySelector(":target")?.getBoundingClientRect().top ?? -1;
  return top >= 0 && top < window.innerHeight;
})()`;

export const scrolling = "getComputedStyle(document.documentElement).scrollBehavior";

export interface Outline {
  readonly missing: readonly string[];
  readonly nameless: number;
  readonly emptyLinks: number;
  readonly levels: readonly number[];
}

/** Landmarks that are not there, drawings without a title, links without a name, and the levels of the headings. */
export const pageOutline = `({
  missing: ["header", "nav", "main", "footer"].filter((name) => document.querySelector(name) === null),
  nameless: [...document.querySelectorAll("svg")].filter((svg) => !svg.querySelector("title")?.textContent).length,
  emptyLinks: [...document.querySelectorAll("a")].filter((link) => !link.textContent.trim() && !link.getAttribute("aria-label")).length,
  levels: [...document.querySelectorAll("h1, h2, h3, h4")].map(({ tagName }) => Number(tagName.slice(1))),
})`;
