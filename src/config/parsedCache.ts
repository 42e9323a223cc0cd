import { dirname } from "node:path";
import { EngineError, makeDirectory, readFileIfExists, writeFileAtomic } from "../base/index.ts";

/** To be raised with every change of what is kept. */
const format = 1;

/** What texts of YAML mean, kept with the texts themselves, so that it can never be that of other texts. */
interface Kept {
  readonly format: number;
  readonly texts: readonly string[];
  readonly documents: readonly unknown[];
}

/**
 * The documents that the texts were parsed to before, or undefined. Parsing YAML takes longer than most commands; what
 * is kept is checked by the schema as if it had just been parsed.
 */
export function readParsed(path: string, texts: readonly string[]): readonly unknown[] | undefined {
  try {
    const kept = JSON.parse(readFileIfExists(path) ?? "null") as Partial<Kept> | null;
    if (kept?.format !== format || !Array.isArray(kept.texts) || !Array.isArray(kept.documents)) return undefined;
    const isSame = kept.texts.length === texts.length && texts.every((text, index) => kept.texts?.[index] === text);
    return isSame && kept.documents.length === texts.length ? kept.documents : undefined;
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof EngineError) return undefined;
    throw error;
  }
}

/** Keeps what texts mean. Who may not write there does without. */
export function keepParsed(path: string, texts: readonly string[], documents: readonly unknown[]): void {
  try {
    makeDirectory(dirname(path));
    writeFileAtomic(path, `${JSON.stringify({ format, texts, documents } satisfies Kept)}\n`);
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
  }
}
