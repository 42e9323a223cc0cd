import { EngineError } from "../../base/index.ts";

/** A member of a tar archive as it says it is; nothing about it is trustworthy yet. Names hold one byte a character. */
export interface ListedMember {
  readonly type: "file" | "hardlink" | "symlink" | "char" | "block" | "dir" | "fifo";
  readonly path: string;
  readonly linkPath: string;
  readonly size: number;
  /** Where its content is in the archive. */
  readonly offset: number;
}

/** Where the content of a file is. */
export interface MemberPlace {
  readonly offset: number;
  readonly size: number;
}

const maximumPathBytes = 1000;
const maximumDepth = 64;
const maximumHops = 16;

/**
 * The files of an image archive by their paths, with the links of old archives followed. Nothing is unpacked, so no name
 * can do harm; what no honest archive has is refused all the same, before anything of it is used. Pure.
 *
 * @throws EngineError `unsafeLayer` for paths and links that lead outside and for what is neither file nor directory nor
 * link, `ambiguousDocument` for a file that is there twice, `limitExceeded`, `malformedDocument`.
 */
export function placesOf(members: readonly ListedMember[]): ReadonlyMap<string, MemberPlace> {
  const files = new Map<string, MemberPlace>();
  const links = new Map<string, string>();
  for (const member of members) {
    const path = archivePath(Buffer.from(member.path, "latin1").toString("utf8"));
    if (member.type === "dir") continue;
    if (files.has(path) || links.has(path)) throw refusal("ambiguousDocument", path, "it is there twice");
    if (member.type === "file") files.set(path, { offset: member.offset, size: member.size });
    else if (member.type === "symlink" || member.type === "hardlink") links.set(path, linkTarget(path, member));
    else throw refusal("unsafeLayer", path, "it is a device or a pipe");
  }
  return new Map([...files, ...[...links.keys()].map((path) => [path, follow(path, files, links)] as const)]);
}

/**
 * A path as image archives write it, without the dots and slashes that mean nothing.
 *
 * @throws EngineError `unsafeLayer`, `limitExceeded`, `malformedDocument`.
 */
export function archivePath(text: string): string {
  if (text === "") throw new EngineError("malformedDocument", "the image archive has an empty name");
  if (text.length > maximumPathBytes)
    throw refusal("limitExceeded", text, `its name is longer than ${maximumPathBytes} bytes`);
  if (text.includes("\0")) throw refusal("malformedDocument", text, "its name has a NUL in it");
  if (text.startsWith("/")) throw refusal("unsafeLayer", text, "its path is absolute");
  const parts = text.split("/").filter((part) => part !== "" && part !== ".");
  if (parts.includes("..")) throw refusal("unsafeLayer", text, 'its path leads upwards with ".."');
  if (parts.length > maximumDepth)
    throw refusal("limitExceeded", text, `it is more than ${maximumDepth} directories deep`);
  return parts.join("/");
}

/** From where a symbolic link is; from the top for a hard link. */
function linkTarget(path: string, { type, linkPath }: ListedMember): string {
  const target = Buffer.from(linkPath, "latin1").toString("utf8");
  if (type === "hardlink") return archivePath(target);
  if (target.startsWith("/")) throw leadsOutside(path, target);
  const parts = path.split("/").slice(0, -1);
  for (const part of target.slice(0, maximumPathBytes).split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") parts.push(part);
    else if (parts.pop() === undefined) throw leadsOutside(path, target);
  }
  return archivePath(parts.length === 0 ? "." : parts.join("/"));
}

function follow(
  start: string,
  files: ReadonlyMap<string, MemberPlace>,
  links: ReadonlyMap<string, string>,
): MemberPlace {
  let path = start;
  for (let hops = 0; hops < maximumHops; hops += 1) {
    const next = links.get(path);
    if (next === undefined) break;
    path = next;
  }
  const place = files.get(path);
  if (place !== undefined) return place;
  throw refusal(
    "malformedDocument",
    start,
    links.has(path) ? "it is a link in a circle" : "it is a link to no file of the archive",
  );
}

function leadsOutside(path: string, target: string): EngineError {
  return refusal("unsafeLayer", path, `it is a link to "${target.slice(0, 200)}", outside the archive`);
}

function refusal(
  code: "ambiguousDocument" | "limitExceeded" | "malformedDocument" | "unsafeLayer",
  path: string,
  what: string,
): EngineError {
  return new EngineError(
    code,
    `cannot use the entry ${JSON.stringify(path.slice(0, 200))} of the image archive: ${what}`,
    {
      hint: "the archive is damaged or malicious; get it from somewhere else",
    },
  );
}
