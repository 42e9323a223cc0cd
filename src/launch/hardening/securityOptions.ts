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
  ["apparmor", (_: Draft, value: string) => acceptOnly(value, "unconfined", "AppArmor profiles")],
  ["label", (_: Draft, value: string) => acceptOnly(value, "disable", "SELinux labels")],
]);

/**
 * Parses the values of all `--security-opt` of a container; later ones win. Docker's old `:` instead of `=` is
 * understood. A relative path of a seccomp profile stays relative: the caller knows to what.
 *
 * @throws EngineError `invalidValue` with Docker's sentence for an unknown option or value; `notOffered` for a security
 * module's profile, which brig does not apply and so must not accept.
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

function acceptOnly(value: string, accepted: string, what: string): boolean {
  if (value === accepted) return true;
  if (value === "") return false;
  throw new EngineError("notOffered", `cannot apply ${JSON.stringify(value.slice(0, 256))}: brig sets no ${what}`, {
    hint: `leave the option out; only "${accepted}" is understood`,
  });
}
