import { EngineError, type ErrorCode } from "../base/index.ts";
import { type ByteString, quoteName } from "./byteString.ts";
import { entryLimits } from "./layerLimits.ts";
import type { LayerRecord, RecordMetadata } from "./layerRecord.ts";
import { selectXattrs } from "./layerXattrs.ts";
import type { TarEntry } from "./tarEntry.ts";

const whiteoutPrefix = ".wh.";
const opaqueMark = ".wh..wh..opq";
const otherMarks = ".wh..wh.";

/**
 * Decides what a member of a layer archive becomes in the layer's directory (image-spec layer.md); undefined for what
 * leaves nothing behind. Pure. That nothing can point outside is the helper's work; this refuses what no honest
 * archive has, so that the user hears of it.
 *
 * @throws EngineError `unsafeLayer`, `malformedLayer`, `limitExceeded`, naming the entry.
 */
export function planLayerEntry(entry: TarEntry): LayerRecord | undefined {
  const path = normalizePath(entry.path, entry);
  const slash = path.lastIndexOf("/");
  const name = path.slice(slash + 1);
  if (path.startsWith(otherMarks) && path !== opaqueMark) return undefined; // AUFS's own files, which no engine unpacks
  if (name.startsWith(whiteoutPrefix)) return planMark(entry, path.slice(0, Math.max(slash, 0)), name);
  if (path === "." && entry.type !== "dir") throw refusal("unsafeLayer", entry, "it would replace the root directory");
  return planNode(entry, path);
}

/**
 * Decides what a member of an archive that a user copies becomes: every name means itself. Pure.
 *
 * @throws EngineError as `planLayerEntry`.
 */
export function planCopyEntry(entry: TarEntry): LayerRecord {
  const path = normalizePath(entry.path, entry);
  if (path === "." && entry.type !== "dir") throw refusal("unsafeLayer", entry, "it would replace the root directory");
  return planNode(entry, path);
}

function planMark(entry: TarEntry, parent: ByteString, name: ByteString): LayerRecord | undefined {
  if (name === opaqueMark) return { op: "opaque", path: parent === "" ? "." : parent };
  if (name.startsWith(otherMarks)) return undefined;
  const hidden = name.slice(whiteoutPrefix.length);
  if (hidden === "" || hidden === "." || hidden === "..") {
    throw refusal("unsafeLayer", entry, "it deletes nothing that can have a name");
  }
  return { op: "whiteout", path: parent === "" ? hidden : `${parent}/${hidden}` };
}

function planNode(entry: TarEntry, path: ByteString): LayerRecord {
  const { type, mode, uid, gid, modified } = entry;
  const metadata: RecordMetadata = { mode, uid, gid, modified, xattrs: selectXattrs(entry) };
  switch (type) {
    case "dir":
    case "fifo":
      return { op: type, path, metadata };
    case "file":
      return { op: type, path, metadata, size: entry.size };
    case "symlink":
      return { op: type, path, metadata, target: checkTarget(entry) };
    case "hardlink":
      return { op: type, path, metadata, target: normalizePath(entry.linkPath, entry) };
    case "char":
    case "block":
      if (entry.major === 0 && entry.minor === 0) {
        throw refusal("unsafeLayer", entry, "it is a device 0:0, which an overlay file system takes for a deletion");
      }
      return { op: type, path, metadata, major: entry.major, minor: entry.minor };
  }
}

/** Where a symbolic link leads is the container's business: any bytes that symlink(2) takes. */
function checkTarget(entry: TarEntry): ByteString {
  if (entry.linkPath === "") throw refusal("malformedLayer", entry, "it is a symbolic link to nothing");
  if (entry.linkPath.length > entryLimits.pathBytes) throw refusal("limitExceeded", entry, "its target is too long");
  return entry.linkPath;
}

/** Drops leading slashes and empty or "." parts, as tar does; refuses ".." anywhere. The result may be ".". */
function normalizePath(path: ByteString, entry: TarEntry): ByteString {
  if (path === "") throw refusal("malformedLayer", entry, "a name is empty");
  if (path.length > entryLimits.pathBytes) {
    throw refusal("limitExceeded", entry, `its path is longer than ${entryLimits.pathBytes} bytes`);
  }
  const parts = path.split("/").filter((part) => part !== "" && part !== ".");
  if (parts.includes("..")) throw refusal("unsafeLayer", entry, `the path ${quoteName(path)} leads upwards with ".."`);
  if (parts.length > entryLimits.depth)
    throw refusal("limitExceeded", entry, `it is more than ${entryLimits.depth} directories deep`);
  if (parts.some((part) => part.length > entryLimits.nameBytes)) {
    throw refusal("limitExceeded", entry, `a part of its path is longer than ${entryLimits.nameBytes} bytes`);
  }
  return parts.length === 0 ? "." : parts.join("/");
}

function refusal(code: ErrorCode, entry: TarEntry, what: string): EngineError {
  return new EngineError(code, `cannot unpack the layer entry ${quoteName(entry.path)}: ${what}`, {
    hint: "the image is damaged or malicious; get it from somewhere else",
    details: { path: entry.path },
  });
}
