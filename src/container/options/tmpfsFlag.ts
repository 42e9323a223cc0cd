import { EngineError, parseSize } from "../../base/index.ts";
import type { TmpfsRequest } from "../runOptions.ts";
import { parseMountPoint } from "./containerPath.ts";
import { printable, requireSingleLine } from "./singleLine.ts";

/** tmpfs(5) and mount(8) options without a value that a container's tmpfs may have. */
const plainOptions: ReadonlySet<string> = new Set(
  "ro rw exec noexec suid nosuid dev nodev sync async dirsync atime noatime diratime nodiratime relatime norelatime strictatime nostrictatime noswap".split(
    " ",
  ),
);

/**
 * Parses `--tmpfs DST[:OPTION,...]`; sizes become bytes.
 *
 * @throws EngineError `invalidValue` for a relative path or an option that tmpfs(5) does not have.
 */
export function parseTmpfsFlag(text: string): TmpfsRequest {
  requireSingleLine(text, "the tmpfs specification");
  const colon = text.indexOf(":");
  const target = parseMountPoint(colon === -1 ? text : text.slice(0, colon), "tmpfs");
  const options = colon === -1 || colon === text.length - 1 ? [] : text.slice(colon + 1).split(",");
  return { kind: "tmpfs", target, options: options.map(parseOption) };
}

function parseOption(option: string): string {
  const equals = option.indexOf("=");
  const key = equals === -1 ? option : option.slice(0, equals);
  const value = option.slice(equals + 1);
  if (equals === -1 && plainOptions.has(option)) return option;
  if (equals !== -1 && key === "size")
    return /^[0-9]{1,2}%$|^100%$/.test(value) ? option : `size=${parseSize(value, "tmpfs size")}`;
  if (equals !== -1 && key === "mode" && /^[0-7]{1,5}$/.test(value)) return option;
  if (equals !== -1 && /^(uid|gid)$/.test(key) && /^[0-9]{1,10}$/.test(value)) return option;
  if (equals !== -1 && /^nr_(inodes|blocks)$/.test(key) && /^[0-9]{1,12}[kmg]?$/i.test(value)) return option;
  throw new EngineError("invalidValue", `invalid tmpfs option ${printable(option)}`, {
    hint: "known are ro, rw, [no]exec, [no]suid, [no]dev, size=, mode=, uid=, gid=, nr_inodes= and nr_blocks=",
  });
}
