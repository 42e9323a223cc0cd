import type { ImageRef } from "../reference.ts";

/** What must hold before an image may be pulled. */
export type TrustRule =
  | { readonly kind: "allow" }
  | { readonly kind: "reject" }
  /** Signed with one of these public keys: absolute paths of PEM files. */
  | { readonly kind: "require"; readonly keys: readonly string[] };

/** Which rule holds for which images. */
export interface TrustPolicy {
  /** For images that no prefix below fits. */
  readonly fallback: TrustRule;
  /** By `registry[/repository]`, whole parts of the name; the longest that fits counts. */
  readonly rules: ReadonlyMap<string, TrustRule>;
}

/** A rule and the words of the policy that it comes from. */
export interface FoundRule {
  readonly rule: TrustRule;
  /** The prefix, or `default`. */
  readonly scope: string;
}

/** The rule for an image. Pure. */
export function findTrustRule({ fallback, rules }: TrustPolicy, { registry, repository }: ImageRef): FoundRule {
  const parts = [registry, ...repository.split("/")];
  for (let count = parts.length; count > 0; count -= 1) {
    const scope = parts.slice(0, count).join("/");
    const rule = rules.get(scope);
    if (rule !== undefined) return { rule, scope };
  }
  return { rule: fallback, scope: "default" };
}
