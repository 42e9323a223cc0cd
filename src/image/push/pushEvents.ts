import type { Digest } from "../../oci/index.ts";

export type PushPhase = "preparing" | "waiting" | "pushing" | "pushed" | "exists" | "mounted";

/** What a push tells while it works, for people to watch. */
export type PushEvent =
  | { readonly kind: "started"; readonly repository: string }
  /** `current` and `total` count compressed bytes. */
  | {
      readonly kind: "layer";
      readonly digest: Digest;
      readonly phase: PushPhase;
      readonly current: number;
      readonly total: number;
      /** The repository that the registry took it from: `mounted`. */
      readonly from?: string;
    }
  /** Something the user should know that is not an error. */
  | { readonly kind: "notice"; readonly message: string }
  /** `size` is that of the manifest or index. */
  | {
      readonly kind: "done";
      readonly reference: string;
      readonly tag: string;
      readonly digest: Digest;
      readonly size: number;
    };
