import { Document, isCollection, isNode } from "yaml";
import { EngineError } from "../base/index.ts";
import { formatPlatform, hostPlatform } from "../image/index.ts";
import { checkFiles } from "./checkFiles.ts";
import type { ConfigurationFile } from "./sourceFile.ts";

/** A setting that a flag or a variable of the environment has made. */
export interface Override {
  readonly path: readonly string[];
  readonly given: unknown;
  /** `--root`, `BRIG_ROOT`. */
  readonly source: string;
}

export interface ShowRequest {
  readonly files: readonly ConfigurationFile[];
  readonly overrides: readonly Override[];
  /** `origin`: behind each setting what said so. */
  readonly detail: "values" | "origin";
}

/** What holds where nobody says anything. */
const defaults: readonly Override[] = (
  [
    [["root"], "/var/lib/brig"],
    [["run_root"], "/run/brig"],
    [["platform"], formatPlatform(hostPlatform())],
    [["search"], ["docker.io"]],
    [["pull", "concurrency"], 3],
    [["log", "driver"], "json-file"],
    [["security", "seccomp"], "default"],
    [["security", "profile"], "default"],
    [["security", "no_new_privileges"], false],
    [["security", "userns"], "private"],
    [["init"], false],
    [["trust", "default"], "allow"],
  ] as const
).map(([path, given]) => ({ path, given, source: "default" }));

/**
 * What holds, as a document that could be a file of configuration itself.
 *
 * @throws EngineError `invalidConfig` when something in the files cannot be used.
 */
export async function showSettings({ files, overrides, detail }: ShowRequest): Promise<string> {
  const { findings, origins } = await checkFiles(files);
  const [first] = findings;
  if (first !== undefined) {
    throw new EngineError(
      "invalidConfig",
      `cannot use the configuration: ${first.path}:${first.line}: ${first.message}`,
      {
        hint: '"brig config check" names everything',
      },
    );
  }
  const said = origins.map(({ path, given, source, line }) => ({ path, given, source: `${source}:${line}` }));
  const settings = byPath([...defaults, ...said, ...overrides]);
  const document = new Document(nested(settings));
  for (const { path, source } of settings) {
    const node = document.getIn(path, true);
    if (!isNode(node)) continue;
    if (isCollection(node)) node.flow = true;
    if (detail === "origin") node.comment = ` ${source}`;
  }
  return document.toString({ lineWidth: 0, flowCollectionPadding: false });
}

/** The last of those with the same path, where the first one stood. */
function byPath(settings: readonly Override[]): readonly Override[] {
  return [...new Map(settings.map((setting) => [JSON.stringify(setting.path), setting])).values()];
}

type Nested = Map<string, unknown>;

function nested(settings: readonly Override[]): Nested {
  const top: Nested = new Map();
  for (const { path, given } of settings) {
    let section = top;
    for (const name of path.slice(0, -1)) {
      const inner = section.get(name);
      const next: Nested = inner instanceof Map ? inner : new Map();
      section.set(name, next);
      section = next;
    }
    section.set(path.at(-1) ?? "", given);
  }
  return top;
}
