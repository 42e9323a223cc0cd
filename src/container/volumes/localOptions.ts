import { EngineError } from "../../base/index.ts";
import { hasControlCharacter, printable } from "../options/singleLine.ts";

/** What a volume of the local driver shows. */
export type VolumeSource =
  /** The volume's own directory. */
  | { readonly kind: "directory" }
  /** A directory of the host (`type=none,o=bind,device=/path`). */
  | { readonly kind: "bind"; readonly path: string; readonly readOnly: boolean; readonly recursive: boolean }
  /** A file system in memory, each container's own (`type=tmpfs,device=tmpfs`). */
  | { readonly kind: "tmpfs"; readonly options: readonly string[] }
  /** A file system of a device or a server, mounted for each container (`type=nfs,device=:/path,o=addr=...`). */
  | { readonly kind: "device"; readonly type: string; readonly device: string; readonly options: readonly string[] };

const known: ReadonlySet<string> = new Set(["type", "o", "device", "size"]);

/**
 * Reads the options of the local driver (docs.docker.com, "docker volume create", "Driver-specific options"), which are
 * those of mount(8).
 *
 * @throws EngineError `invalidValue` with Docker's sentences, `notOffered` for a size.
 */
export function parseLocalOptions(options: ReadonlyMap<string, string>): VolumeSource {
  if (options.size === 0) return { kind: "directory" };
  for (const [name, value] of options) {
    if (!known.has(name)) throw invalid(`invalid option: ${printable(name)}`);
    if (hasControlCharacter(value)) throw invalid(`the option ${name} holds a control character`);
  }
  if (options.has("size")) {
    throw new EngineError("notOffered", "quota size requested but no quota support", {
      hint: "use type=tmpfs with o=size=..., or a file system of the size",
    });
  }
  const type = required(options, "type");
  const device = required(options, "device");
  const words = (options.get("o") ?? "").split(",").filter((word) => word !== "");
  if (words.includes("bind") || words.includes("rbind")) return bindSource(device, words);
  if (type === "none") throw invalid("the type none shows a directory of the host only with o=bind");
  if (!/^[a-z0-9][a-z0-9_.]{0,31}$/.test(type)) throw invalid(`invalid file system type: ${printable(type)}`);
  if (type === "tmpfs") return { kind: "tmpfs", options: words };
  return { kind: "device", type, device, options: words };
}

function bindSource(device: string, words: readonly string[]): VolumeSource {
  if (!device.startsWith("/") || device.split("/").includes("..")) {
    throw invalid(`the device of a bind must be an absolute path without "..": ${printable(device)}`);
  }
  return { kind: "bind", path: device, readOnly: words.includes("ro"), recursive: words.includes("rbind") };
}

function required(options: ReadonlyMap<string, string>, name: string): string {
  const value = options.get(name) ?? "";
  if (value === "") throw invalid(`missing required option: "${name}"`);
  return value;
}

function invalid(message: string): EngineError {
  return new EngineError("invalidValue", message, {
    hint: "the options of the local driver are type, device and o: those of mount(8)",
  });
}
