/** The texts that a source holds outside of comments, with `{}` for each value. */
export function readLiterals(source: string): readonly string[] {
  const code = source.replace(/\/\*[\s\S]*?\*\//g, "").replace(/(^|\s)\/\/.*$/gm, "$1");
  const literals = /"((?:[^"\\\n]|\\.)*)"|'((?:[^'\\\n]|\\.)*)'|`((?:[^`\\]|\\.)*)`/g;
  return [...code.matchAll(literals)].map(([, double, single, template]) =>
    (double ?? single ?? template ?? "").replace(/\$\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}/g, "{}"),
  );
}

/** A template of a table without the names of its values. */
export const bare = (template: string) => template.replace(/\{\w*\}/g, "{}");
