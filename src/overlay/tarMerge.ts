import { EngineError } from "../base/index.ts";
import { type ByteString, quoteName } from "./byteString.ts";
import { entryLimits } from "./layerLimits.ts";
import type { TarEntry, TarEntryType, Timestamp, Xattr } from "./tarEntry.ts";
import type { TarHeader } from "./tarHeader.ts";
import { parseDecimal, parsePaxTime } from "./tarNumbers.ts";

/** The names that GNU long-name members gave for the member after them. */
export interface ExtendedNames {
  readonly path?: ByteString;
  readonly linkPath?: ByteString;
}

type PaxRecords = ReadonlyMap<ByteString, Buffer>;

const entryTypes: ReadonlyMap<ByteString, TarEntryType> = new Map([
  ["0", "file"],
  ["\0", "file"],
  ["7", "file"],
  ["1", "hardlink"],
  ["2", "symlink"],
  ["3", "char"],
  ["4", "block"],
  ["5", "dir"],
  ["6", "fifo"],
]);

const xattrPrefix = "SCHILY.xattr.";
const noXattrs: readonly Xattr[] = [];
/** The highest id; (uid_t)-1 means "leave as it is" to chown(2). */
const idMax = 0xffff_fffe;
const majorMax = 0xfff;
const minorMax = 0xf_ffff;

/**
 * One entry from a header block and what extended headers said before it. GNU long names win over PAX, PAX over the
 * header; an empty PAX value leaves the header's.
 *
 * @throws EngineError `malformedLayer` or `limitExceeded`, naming the entry.
 */
export function mergeEntry(header: TarHeader, pax: PaxRecords, longNames: ExtendedNames): TarEntry {
  const path = longNames.path ?? paxText(pax, "path") ?? header.name;
  const fail = (what: string): never => {
    throw new EngineError("malformedLayer", `cannot read the layer entry ${quoteName(path)}: ${what}`);
  };
  const within = (field: string, value: number | undefined, max: number): number =>
    value !== undefined && value >= 0 && value <= max ? value : fail(`its ${field} is not a number from 0 to ${max}`);
  const type =
    entryType(header, pax, path) ?? fail(`its type ${JSON.stringify(header.flag)} is not one that brig reads`);
  const isDevice = type === "char" || type === "block";
  const size = within("size", paxNumber(pax, "size", header.size), Number.MAX_SAFE_INTEGER);
  const entry: TarEntry = {
    type,
    path,
    linkPath: longNames.linkPath ?? paxText(pax, "linkpath") ?? header.linkName,
    mode: within("mode", header.mode, Number.MAX_SAFE_INTEGER) & 0o7777,
    uid: within("uid", paxNumber(pax, "uid", header.uid), idMax),
    gid: within("gid", paxNumber(pax, "gid", header.gid), idMax),
    size: type === "file" ? size : 0,
    modified: paxTime(pax, header) ?? fail("its mtime is malformed"),
    major: isDevice ? within("major device number", header.major, majorMax) : 0,
    minor: isDevice ? within("minor device number", header.minor, minorMax) : 0,
    xattrs: paxXattrs(pax, path),
  };
  if (path.includes("\0") || entry.linkPath.includes("\0")) fail("its name contains a NUL byte");
  return entry;
}

function entryType(header: TarHeader, pax: PaxRecords, path: ByteString): TarEntryType | undefined {
  const sparse = header.flag === "S" || [...pax.keys()].some((key) => key.startsWith("GNU.sparse."));
  if (sparse) {
    throw new EngineError(
      "malformedLayer",
      `cannot read the layer entry ${quoteName(path)}: it is stored in GNU tar's sparse format`,
      {
        hint: 'make the archive again without the option "--sparse" of tar',
      },
    );
  }
  const type = entryTypes.get(header.flag);
  // V7 archives, which have no flag, mark a directory by its name only.
  return header.flag === "\0" && path.endsWith("/") ? "dir" : type;
}

function paxText(pax: PaxRecords, key: string): ByteString | undefined {
  const value = pax.get(key);
  return value === undefined || value.length === 0 ? undefined : value.toString("latin1");
}

function paxNumber(pax: PaxRecords, key: string, otherwise: number | undefined): number | undefined {
  const text = paxText(pax, key);
  return text === undefined ? otherwise : parseDecimal(text);
}

function paxTime(pax: PaxRecords, header: TarHeader): Timestamp | undefined {
  const text = paxText(pax, "mtime");
  if (text !== undefined) return parsePaxTime(text);
  return header.mtime === undefined ? undefined : { seconds: header.mtime, nanoseconds: 0 };
}

function paxXattrs(pax: PaxRecords, path: ByteString): readonly Xattr[] {
  if (pax.size === 0) return noXattrs;
  const xattrs: Xattr[] = [];
  let total = 0;
  for (const [key, value] of pax) {
    if (!key.startsWith(xattrPrefix)) continue;
    const name = key.slice(xattrPrefix.length);
    total += name.length + value.length;
    xattrs.push({ name, value });
    const beyond =
      name.length > entryLimits.xattrNameBytes ||
      value.length > entryLimits.xattrValueBytes ||
      total > entryLimits.xattrTotalBytes ||
      xattrs.length > entryLimits.xattrs;
    if (beyond) {
      throw new EngineError(
        "limitExceeded",
        `cannot read the layer entry ${quoteName(path)}: its extended attributes are too large or too many`,
      );
    }
  }
  return xattrs;
}
