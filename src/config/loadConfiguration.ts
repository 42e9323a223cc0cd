import { EngineError } from "../base/index.ts";
import { assemble, type Layer, mergeLayers } from "./assemble.ts";
import type { Configuration } from "./configuration.ts";
import { keepParsed, readParsed } from "./parsedCache.ts";
import { readSettings } from "./readSettings.ts";
import { type ConfigurationFile, readConfigurationFile } from "./sourceFile.ts";

export interface LoadRequest {
  /** Files that are there; a later one wins. */
  readonly files: readonly ConfigurationFile[];
  /** A file of the engine's own that keeps what was parsed; without it nothing is kept. */
  readonly cache?: string;
}

/**
 * Reads, checks and merges files of configuration.
 *
 * @throws EngineError `invalidConfig` naming file and line of the first thing that cannot be used, `limitExceeded`,
 * `fileSystem`.
 */
export async function loadConfiguration({ files, cache }: LoadRequest): Promise<Configuration> {
  const texts = files.map(readConfigurationFile);
  const kept = cache === undefined ? undefined : readParsed(cache, texts);
  const documents = kept ?? (await parseAll(files, texts));
  const layers: Layer[] = [];
  for (const [index, { path }] of files.entries()) {
    const { leaves, problems } = readSettings(documents[index]);
    if (problems.length > 0) await refuse(path, texts[index] ?? "");
    layers.push({ source: path, leaves });
  }
  if (cache !== undefined && kept === undefined) keepParsed(cache, texts, documents);
  return assemble(mergeLayers(layers));
}

async function parseAll(files: readonly ConfigurationFile[], texts: readonly string[]): Promise<readonly unknown[]> {
  const { parseYaml } = await import("./yamlText.ts");
  const documents: unknown[] = [];
  for (const [index, { path }] of files.entries()) {
    const text = texts[index] ?? "";
    const { document, faults } = parseYaml(text);
    if (faults.length > 0) await refuse(path, text);
    documents.push(document ?? null);
  }
  return documents;
}

/** Finds what is wrong once more, with the lines. */
async function refuse(path: string, text: string): Promise<never> {
  const { findFindings } = await import("./checkText.ts");
  const [first, ...others] = findFindings(text);
  if (first === undefined) throw new Error("a refused configuration has a problem");
  const more = others.length === 0 ? "" : ` (and ${others.length} more)`;
  throw new EngineError(
    "invalidConfig",
    `cannot use the configuration: ${path}:${first.line}: ${first.message}${more}`,
    {
      hint: [first.hint, '"brig config check" names everything'].filter((hint) => hint !== undefined).join("; "),
      details: { path, line: first.line },
    },
  );
}
