import { EngineError } from "../../base/index.ts";
import type { SelinuxContexts } from "../../host/index.ts";
import type { LabelOptions } from "./securityOptions.ts";

export interface LabelRequest {
  readonly options: LabelOptions;
  readonly contexts: SelinuxContexts;
  /** Two categories that no other container has: `c1,c2`; empty: none. */
  readonly categories: string;
}

/** SELinux labels of one container (runtime-spec: `selinuxLabel`, `mountLabel`). */
export interface SelinuxLabels {
  /** Of its processes; absent: they keep the caller's. */
  readonly process?: string;
  /** Of its files, and of a volume with `:Z`. */
  readonly mount: string;
  /** Of files that several containers share: `:z`. */
  readonly shared: string;
}

/** What security modules hold one container by. */
export interface Confinement {
  readonly appArmor?: string;
  readonly labels?: SelinuxLabels;
}

/**
 * What the policy says containers are labelled with, with the container's own categories for a level: two containers can then
 * not reach each other's files even where all else fails. Pure.
 *
 * @throws EngineError `invalidValue` for a context of the policy that is none.
 */
export function planLabels(request: LabelRequest): SelinuxLabels {
  const { options, contexts, categories } = request;
  const level = options.level ?? (categories === "" ? "s0" : `s0:${categories}`);
  const file = { ...partsOf(contexts.file), ...(options.filetype === undefined ? {} : { type: options.filetype }) };
  const mount = format({ ...file, level });
  const shared = format({ ...file, level: "s0" });
  if (options.disabled) return { mount: shared, shared };
  const { user, role, type } = { ...partsOf(contexts.process), ...options };
  return { process: format({ user, role, type, level }), mount, shared };
}

interface Parts {
  readonly user: string;
  readonly role: string;
  readonly type: string;
  readonly level: string;
}

function partsOf(context: string): Parts {
  const [user, role, type, ...level] = context.split(":");
  if (user === undefined || role === undefined || type === undefined) {
    throw new EngineError("invalidValue", `the SELinux policy names ${JSON.stringify(context)}, which is no label`);
  }
  return { user, role, type, level: level.join(":") };
}

function format({ user, role, type, level }: Parts): string {
  return [user, role, type, level].join(":");
}
