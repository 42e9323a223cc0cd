import { accessSync, constants } from "node:fs";
import { fileSystemError } from "../base/index.ts";
import type { TrustRule } from "../image/index.ts";
import { assemble, type Layer, mergeLayers, type Origin } from "./assemble.ts";
import { type Finding, findFindings } from "./checkText.ts";
import { readSettings } from "./readSettings.ts";
import { complaintOf } from "./schema.ts";
import { type ConfigurationFile, readConfigurationFile } from "./sourceFile.ts";
import { parseYaml } from "./yamlText.ts";

/** A finding and the file that it is in. */
export interface FileFinding extends Finding {
  readonly path: string;
}

/** An origin and the line that it stands in. */
export interface PlacedOrigin extends Origin {
  readonly line: number;
}

export interface CheckedConfiguration {
  readonly findings: readonly FileFinding[];
  /** What holds, where nothing is wrong. */
  readonly origins: readonly PlacedOrigin[];
}

/**
 * Finds everything that is wrong in files of configuration: first what they say, and where that is right, whether what
 * they speak of (keys, profiles, a driver's options) is there and fit for use.
 *
 * @throws EngineError for a file that cannot be read at all.
 */
export async function checkFiles(files: readonly ConfigurationFile[]): Promise<CheckedConfiguration> {
  const read = files.map((file) => readOne(file));
  const origins = mergeLayers(read.map(({ layer }) => layer)).map((origin): PlacedOrigin => {
    const found = read.find(({ layer }) => layer.source === origin.source);
    return { ...origin, line: found?.locate(origin.path).line ?? 1 };
  });
  const said = read.flatMap(({ findings }) => findings);
  return { findings: said.length > 0 ? said : await findUnusable(origins), origins };
}

interface ReadFile {
  readonly layer: Layer;
  readonly findings: readonly FileFinding[];
  locate(path: readonly string[]): { readonly line: number };
}

function readOne(file: ConfigurationFile): ReadFile {
  const { path } = file;
  const text = readConfigurationFile(file);
  const findings = findFindings(text).map((finding) => ({ path, ...finding }));
  const { document, locate } = parseYaml(text);
  return { layer: { source: path, leaves: readSettings(document).leaves }, findings, locate };
}

async function findUnusable(origins: readonly PlacedOrigin[]): Promise<readonly FileFinding[]> {
  const findings: FileFinding[] = [];
  for (const origin of origins) {
    try {
      await tryOut(origin, origins);
    } catch (error) {
      findings.push({ path: origin.source, line: origin.line, column: 1, ...complaintOf(error) });
    }
  }
  return findings;
}

/** @throws EngineError when what the setting speaks of cannot be used. */
async function tryOut({ path, value }: PlacedOrigin, origins: readonly PlacedOrigin[]): Promise<void> {
  const [first, second] = path;
  if (first === "log" && isFirstOf("log", path, origins)) {
    const { checkLogChoice } = await import("../container/index.ts");
    const { driver = "", options = new Map() } = assemble(origins).log ?? {};
    checkLogChoice({ driver, options });
  }
  if (first === "security" && second === "seccomp") requireReadable(String(value));
  if (first === "trust" && second === "images") await requireKeys(value as TrustRule);
}

/** Driver and options are judged together, once. */
function isFirstOf(section: string, path: readonly string[], origins: readonly PlacedOrigin[]): boolean {
  return origins.find((origin) => origin.path[0] === section)?.path === path;
}

function requireReadable(profile: string): void {
  if (profile === "default" || profile === "unconfined") return;
  try {
    accessSync(profile, constants.R_OK);
  } catch (error) {
    throw fileSystemError(error, "read the seccomp profile", profile);
  }
}

async function requireKeys(rule: TrustRule): Promise<void> {
  if (rule.kind !== "require") return;
  const { checkPublicKey } = await import("../image/index.ts");
  for (const path of rule.keys) await checkPublicKey(path);
}
