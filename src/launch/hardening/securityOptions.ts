import { EngineError } from "../../base/index.ts";

/** How much a container is trusted: `docker` gives Docker's 14 capabilities, `strict` also takes away rarely used ways in. */
export type SecurityProfile = "default" | "docker" | "strict";

/** What all `--security-opt` of a container say together, defaults filled in. */
export interface SecurityOptions {
  readonly seccomp:
    | { readonly kind: "default" }
    | { readonly kind: "unconfined" }
    | { readonly kind: "file"; readonly path: string };
  readonly noNewPrivileges: boolean;
  readonly systemPaths: "default" | "unconfined";
  readonly writableCgroups: boolean;
  readonly profile: SecurityProfile;
  /** A name, or `unconfined`; absent: brig's own where the host has AppArmor. */
  readonly appArmor?: string;
  readonly labels: LabelOptions;
}

/** The parts of the SELinux labels that differ from what the policy says containers have (runtime-spec, "selinuxLabel"). */
export interface LabelOptions {
  readonly disabled: boolean;
  readonly user?: string;
  readonly role?: string;
  readonly type?: string;
  readonly level?: string;
  /** The type of the files. */
  readonly filetype?: string;
}

type Draft = { -readonly [Key in keyof SecurityOptions]?: SecurityOptions[Key] };

const booleans: ReadonlyMap<string, boolean> = new Map([
  ["", true],
  ["true", true],
  ["1", true],
  ["false", false],
  ["0", false],
]);

const profiles: ReadonlyMap<string, SecurityProfile> = new Map(
  (["default", "docker", "strict"] as const).map((name) => [name, name]),
);

/** Each option writes into the draft, and returns false for a value that it does not know. */
const options: ReadonlyMap<string, (draft: Draft, value: string) => boolean> = new Map([
  ["seccomp", setSeccomp],
  ["no-new-privileges", (draft: Draft, value: string) => assign(draft, "noNewPrivileges", booleans.get(value))],
  ["writable-cgroups", (draft: Draft, value: string) => assign(draft, "writableCgroups", booleans.get(value))],
  [
    "systempaths",
    (draft: Draft, value: string) => assign(draft, "systemPaths", value === "unconfined" ? value : undefined),
  ],
  ["profile", (draft: Draft, value: string) => assign(draft, "profile", profiles.get(value))],
  ["apparmor", (draft: Draft, value: string) => assign(draft, "appArmor", profileName.test(value) ? value : undefined)],
  ["label", setLabel],
]);

/**
 * Parses the values of all `--security-opt` of a container; later ones win. Docker's old `:` instead of `=` is
 * understood. A relative path of a seccomp profile stays relative: the caller knows to what.
 *
 * @throws EngineError `invalidValue` with Docker's sentence for an unknown option or value.
 */
export function parseSecurityOptions(texts: readonly string[]): SecurityOptions {
  const draft: Draft = {};
  for (const text of texts) {
    const [name, value] = splitOption(text);
    const set = options.get(name);
    if (set === undefined || !set(draft, value)) {
      throw new EngineError("invalidValue", `invalid --security-opt 2: ${JSON.stringify(text.slice(0, 256))}`, {
        hint: `the known options are ${[...options.keys()].join(", ")}`,
      });
    }
  }
  const { profile = "default" } = draft;
  return {
    seccomp: draft.seccomp ?? { kind: "default" },
    noNewPrivileges: draft.noNewPrivileges ?? profile === "strict",
    systemPaths: draft.systemPaths ?? "default",
    writableCgroups: draft.writableCgroups ?? false,
    profile,
    ...(draft.appArmor === undefined ? {} : { appArmor: draft.appArmor }),
    labels: draft.labels ?? { disabled: false },
  };
}

/** The first of `=` and `:` ends the name. */
function splitOption(text: string): readonly [name: string, value: string] {
  const ends = [text.indexOf("="), text.indexOf(":")].filter((index) => index >= 0);
  if (ends.length === 0) return [text, ""];
  const end = Math.min(...ends);
  return [text.slice(0, end), text.slice(end + 1)];
}

function setSeccomp(draft: Draft, value: string): boolean {
  if (value === "" || value.includes("\0")) return false;
  if (value === "unconfined") draft.seccomp = { kind: "unconfined" };
  else if (value === "builtin" || value === "default") draft.seccomp = { kind: "default" };
  else draft.seccomp = { kind: "file", path: value };
  return true;
}

function assign<Key extends keyof Draft>(draft: Draft, key: Key, value: Draft[Key]): boolean {
  if (value === undefined) return false;
  draft[key] = value;
  return true;
}

/** One line of the kernel's list, which ends where a line does. */
const profileName = /^[^\s\p{Cc}](?:[^\p{Cc}]{0,254}[^\s\p{Cc}])?$/u;

const labelParts = ["user", "role", "type", "level", "filetype"] as const;
/** What parts of labels are made of; a level has ranges and categories: `s0-s0:c0.c1023`. */
const partPattern = /^[A-Za-z0-9_.-]{1,256}$/;
const levelPattern = /^[A-Za-z0-9_.,:-]{1,256}$/;

/** `disable`, or `PART:VALUE`, of which later ones win. */
function setLabel(draft: Draft, value: string): boolean {
  const labels = draft.labels ?? { disabled: false };
  if (value === "disable") {
    draft.labels = { ...labels, disabled: true };
    return true;
  }
  const [name, part] = splitOption(value);
  const known = labelParts.find((candidate) => candidate === name);
  if (known === undefined || !(known === "level" ? levelPattern : partPattern).test(part)) return false;
  draft.labels = { ...labels, [known]: part };
  return true;
}
