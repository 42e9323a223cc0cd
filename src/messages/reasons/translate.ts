import type { Language } from "../language.ts";

/** Says the reason of a step of a plan in a language; a reason that it does not know stays as it is. */
export type SayReason = (why: string) => string;

/**
 * Plans and journals are records, and hold their reasons in English; they are translated when they are shown. The Korean
 * table has an entry for every reason that a plan can hold, which a test compares with the sources.
 */
export async function loadReasons(language: Language): Promise<SayReason> {
  if (language === "en") return (why) => why;
  const { koreanReasons } = await import("./korean.ts");
  return translator(koreanReasons);
}

/**
 * Translates by a table from templates to templates; `{name}` stands for a value, the same on both sides. A template
 * without values wins over those with some, and then the first that fits.
 */
export function translator(table: Readonly<Record<string, string>>): SayReason {
  const exact = new Map(Object.entries(table));
  const templates = [...exact].filter(([from]) => from.includes("{"));
  return (why) => {
    const known = exact.get(why);
    if (known !== undefined) return known;
    for (const [from, to] of templates) {
      const values = matchTemplate(from, why);
      if (values !== undefined) return to.replace(/\{(\w+)\}/g, (whole, name: string) => values.get(name) ?? whole);
    }
    return why;
  };
}

/** The values by their names; undefined when the text is not of the template. A value ends where the next words begin. */
function matchTemplate(template: string, text: string): ReadonlyMap<string, string> | undefined {
  const parts = template.split(/\{(\w+)\}/);
  const last = parts.length - 1;
  if (!text.startsWith(parts[0] ?? "") || !text.endsWith(parts[last] ?? "")) return undefined;
  const values = new Map<string, string>();
  let at = (parts[0] ?? "").length;
  for (let index = 1; index < last; index += 2) {
    const next = parts[index + 1] ?? "";
    const end = index + 1 === last ? text.length - next.length : text.indexOf(next, at);
    if (end < at) return undefined;
    values.set(parts[index] ?? "", text.slice(at, end));
    at = end + next.length;
  }
  return values;
}
