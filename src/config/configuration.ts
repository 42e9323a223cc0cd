import type { TrustPolicy } from "../image/index.ts";
import type { IdPool } from "../namespaces/index.ts";
import type { Platform } from "../oci/index.ts";

/** What a configuration says about one registry. */
export interface RegistrySetting {
  /** `host[:port][/path]`, asked in this order before the registry itself. */
  readonly mirrors?: readonly string[];
  /** Plain HTTP, or a certificate that nobody vouches for, is fine. */
  readonly insecure?: boolean;
  /** It is not to be spoken to, and nothing of its name is pulled. */
  readonly blocked?: boolean;
}

/** Settings that hold until a flag or a variable of the environment says otherwise. */
export interface Configuration {
  readonly root?: string;
  readonly runRoot?: string;
  readonly platform?: Platform;
  /** Where names without a registry are looked for: `registry[/path]`, in this order. */
  readonly search?: readonly string[];
  readonly registries?: ReadonlyMap<string, RegistrySetting>;
  readonly pull?: { readonly concurrency?: number };
  readonly log?: { readonly driver?: string; readonly options?: ReadonlyMap<string, string> };
  readonly security?: {
    /** `default`, `unconfined`, or the absolute path of a profile. */
    readonly seccomp?: string;
    readonly profile?: string;
    readonly noNewPrivileges?: boolean;
    readonly userns?: string;
    /** Where containers get their ids from. */
    readonly idPool?: IdPool;
  };
  /** Of the network of containers that name none, when it is made. */
  readonly network?: { readonly defaultSubnet?: string };
  readonly init?: boolean | "auto";
  readonly trust?: TrustPolicy;
}

/** Something in a configuration that cannot be used. */
export interface Problem {
  /** The names that lead there, from the top of the document. */
  readonly path: readonly string[];
  /** What is wrong, and where it helps what was meant. */
  readonly message: string;
  readonly hint?: string;
}
