import { EngineError } from "../../base/index.ts";
import type { Digest } from "../../oci/index.ts";
import { formatImageRef, type ImageRef } from "../reference.ts";
import type { RepositoryClient } from "../registry/client.ts";
import { findTrustRule, type TrustPolicy } from "./policy.ts";

/** What the user wants to hold of an image. */
export interface TrustRequest {
  readonly policy?: TrustPolicy;
  /** A public key that must have signed it, whatever the policy says. */
  readonly verifyKey?: string;
}

/** Checks an image that was resolved; keys were read before. */
export type TrustCheck = (found: { readonly digest: Digest; readonly client: RepositoryClient }) => Promise<void>;

/**
 * Decides what must be checked of an image, and refuses at once what a policy refuses whatever it is. Keys are read
 * here, so that a missing one is found before anything is asked of a registry.
 *
 * @throws EngineError `imageUntrusted`, those of `readPublicKey`.
 */
export async function planTrust(reference: ImageRef, { policy, verifyKey }: TrustRequest): Promise<TrustCheck> {
  const found = policy === undefined ? undefined : findTrustRule(policy, reference);
  if (found?.rule.kind === "reject") {
    const { registry, repository } = reference;
    throw new EngineError(
      "imageUntrusted",
      `"${formatImageRef({ registry, repository })}" is rejected by the trust policy (${found.scope})`,
      { hint: '"brig config show --origin" says where that is written' },
    );
  }
  const wanted = [
    ...(verifyKey === undefined ? [] : [[verifyKey]]),
    ...(found?.rule.kind === "require" ? [found.rule.keys] : []),
  ];
  if (wanted.length === 0) return async () => {};
  const [{ readPublicKey }, { verifySignature }] = await Promise.all([
    import("./publicKey.ts"),
    import("./signature.ts"),
  ]);
  const rings = wanted.map((paths) => paths.map(readPublicKey));
  return async ({ digest, client }) => {
    for (const keys of rings) await verifySignature({ reference, digest, keys, client });
  };
}
