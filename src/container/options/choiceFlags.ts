import { EngineError } from "../../base/index.ts";
import type { Platform } from "../../oci/index.ts";
import { printable } from "./singleLine.ts";

/**
 * Parses `--pull`.
 *
 * @throws EngineError `invalidValue` with Docker's sentence.
 */
export function parsePullPolicy(text: string): "always" | "missing" | "never" {
  if (text === "always" || text === "missing" || text === "never") return text;
  throw new EngineError(
    "invalidValue",
    `invalid pull option: '${printable(text).slice(1, -1)}': must be one of "always", "missing" or "never"`,
  );
}

/** What people call architectures, by the name that Go and the OCI image index use. */
const architectures: ReadonlyMap<string, { readonly architecture: string; readonly variant?: string }> = new Map([
  ["x86_64", { architecture: "amd64" }],
  ["x86-64", { architecture: "amd64" }],
  ["aarch64", { architecture: "arm64" }],
  ["i386", { architecture: "386" }],
  ["i686", { architecture: "386" }],
  ["armhf", { architecture: "arm", variant: "v7" }],
  ["armel", { architecture: "arm", variant: "v6" }],
]);

const plainArchitectures: ReadonlySet<string> = new Set(
  "386 amd64 arm arm64 loong64 mips mips64 mips64le mipsle ppc64 ppc64le riscv64 s390x".split(" "),
);

/**
 * Parses `--platform OS/ARCH[/VARIANT]`; a lone architecture means Linux.
 *
 * @throws EngineError `invalidValue` for another shape, system or architecture.
 */
export function parsePlatform(text: string): Platform {
  const parts = text.length > 64 ? [] : text.toLowerCase().split("/");
  const [os, name, variant] = parts.length === 1 ? ["linux", parts[0]] : parts;
  const known = architectures.get(name ?? "") ?? { architecture: name ?? "" };
  const valid =
    parts.length >= 1 &&
    parts.length <= 3 &&
    /^[a-z0-9]+$/.test(os ?? "") &&
    /^([a-z0-9.]{1,16})?$/.test(variant ?? "");
  if (!valid || os === undefined || !plainArchitectures.has(known.architecture) || variant === "") {
    throw new EngineError("invalidValue", `${printable(text)}: unknown operating system or architecture`, {
      hint: "write OS/ARCHITECTURE[/VARIANT], such as linux/arm64 or linux/arm/v7",
    });
  }
  return { os, ...known, ...(variant === undefined ? {} : { variant }) };
}

/**
 * Parses `--network`: `none` and `host` exist.
 *
 * @throws EngineError `notOffered` for every other network, since no container would be reachable through it.
 */
export function parseNetwork(text: string): "none" | "host" | "default" {
  if (text === "none" || text === "host" || text === "default") return text;
  throw new EngineError(
    "notOffered",
    `cannot connect to the network ${printable(text)}: brig has no such networks yet`,
    {
      hint: "use --network none (a loopback of its own) or --network host (the host's network)",
    },
  );
}
