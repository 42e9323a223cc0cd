import type { TrustRule } from "../image/index.ts";
import type { IdPool } from "../namespaces/index.ts";
import type { Configuration, RegistrySetting } from "./configuration.ts";
import type { Leaf } from "./readSettings.ts";

/** A setting and what said so. */
export interface Origin extends Leaf {
  /** `/etc/brig/config.yaml`, or `--config` of the library. */
  readonly source: string;
}

/** What one source says. */
export interface Layer {
  readonly source: string;
  readonly leaves: readonly Leaf[];
}

/**
 * Lays sources over each other: a later one wins for each single setting. Options of a log driver belong to it, so a
 * later source that speaks of the log speaks for all of it. Pure.
 */
export function mergeLayers(layers: readonly Layer[]): readonly Origin[] {
  const merged = new Map<string, Origin>();
  for (const { source, leaves } of layers) {
    if (leaves.some(({ path }) => path[0] === "log")) {
      for (const [key, { path }] of merged) if (path[0] === "log") merged.delete(key);
    }
    for (const leaf of leaves) merged.set(JSON.stringify(leaf.path), { ...leaf, source });
  }
  return [...merged.values()];
}

/** The values of settings, as the engine takes them. Pure; each leaf was read by the schema, which made its type. */
export function assemble(leaves: readonly Leaf[]): Configuration {
  const at = <Value>(...path: readonly string[]): Value | undefined =>
    leaves.find((leaf) => leaf.path.length === path.length && path.every((name, index) => leaf.path[index] === name))
      ?.value as Value | undefined;
  const below = <Value>(...prefix: readonly string[]): readonly (readonly [string, Value])[] =>
    leaves
      .filter(({ path }) => path.length === prefix.length + 1 && prefix.every((name, index) => path[index] === name))
      .map(({ path, value }) => [path.at(-1) ?? "", value as Value]);
  const options = below<string>("log", "options");
  const rules = below<TrustRule>("trust", "images");
  const fallback = at<"allow" | "reject">("trust", "default");
  const hasTrust = fallback !== undefined || rules.length > 0;
  return withoutAbsent({
    root: at<string>("root"),
    runRoot: at<string>("run_root"),
    platform: at<NonNullable<Configuration["platform"]>>("platform"),
    search: at<readonly string[]>("search"),
    registries: registriesOf(leaves),
    pull: withoutAbsent({ concurrency: at<number>("pull", "concurrency") }),
    log: withoutAbsent({
      driver: at<string>("log", "driver"),
      options: options.length === 0 ? undefined : new Map(options),
    }),
    security: withoutAbsent({
      seccomp: at<string>("security", "seccomp"),
      profile: at<string>("security", "profile"),
      noNewPrivileges: at<boolean>("security", "no_new_privileges"),
      userns: at<string>("security", "userns"),
      idPool: at<IdPool>("security", "id_pool"),
    }),
    network: withoutAbsent({ defaultSubnet: at<string>("network", "default_subnet") }),
    init: at<boolean | "auto">("init"),
    trust: hasTrust ? { fallback: { kind: fallback ?? "allow" } as const, rules: new Map(rules) } : undefined,
  });
}

function registriesOf(leaves: readonly Leaf[]): ReadonlyMap<string, RegistrySetting> | undefined {
  const registries = new Map<string, RegistrySetting>();
  for (const { path, value } of leaves) {
    const [first, host = "", name = ""] = path;
    if (first === "registries") registries.set(host, { ...registries.get(host), [name]: value });
  }
  return registries.size === 0 ? undefined : registries;
}

type Present<Source> = { readonly [Key in keyof Source]?: Exclude<Source[Key], undefined> };

function withoutAbsent<Source extends object>(source: Source): Present<Source> {
  return Object.fromEntries(Object.entries(source).filter(([, value]) => value !== undefined)) as Present<Source>;
}
