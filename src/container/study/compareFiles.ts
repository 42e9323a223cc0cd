import type { ByteString } from "../../overlay/index.ts";
import type { FileContent, MergedFile } from "./mergedFiles.ts";

/** In what two files of one name differ. */
export type FileDifference = "type" | "content" | "mode" | "owner" | "target" | "device" | "attributes";

/** A difference between the files of two images. */
export interface ImageFileChange {
  readonly kind: "added" | "changed" | "deleted";
  /** Absolute, one byte a character. */
  readonly path: ByteString;
  readonly bytesBefore: number;
  readonly bytesAfter: number;
  /** Of what is changed. */
  readonly differs: readonly FileDifference[];
}

/** Two contents of the same size whose bytes must be compared. */
export interface OpenQuestion {
  readonly change: ImageFileChange;
  readonly before: FileContent;
  readonly after: FileContent;
}

export interface FileComparison {
  readonly changes: readonly ImageFileChange[];
  /** Changed only if the bytes differ, or else in what `differs` says already. */
  readonly open: readonly OpenQuestion[];
}

interface ComparedPair {
  readonly path: ByteString;
  readonly before: MergedFile | undefined;
  readonly after: MergedFile | undefined;
}

/**
 * Compares two trees by name. Times do not count: they differ between two builds of the same. `isSame` says whether two
 * contents are known to be the same without looking at them. Pure, and without recursion.
 */
export function compareFiles(
  { before, after }: { readonly before: MergedFile; readonly after: MergedFile },
  isSame: (before: FileContent, after: FileContent) => boolean,
): FileComparison {
  const changes: ImageFileChange[] = [];
  const questions: OpenQuestion[] = [];
  const waiting: ComparedPair[] = [{ path: "", before, after }];
  for (let pair = waiting.pop(); pair !== undefined; pair = waiting.pop()) {
    const change = changeOf(pair);
    const open = pair.before?.content;
    const other = pair.after?.content;
    if (open !== undefined && other !== undefined && open.bytes === other.bytes && !isSame(open, other))
      questions.push({ change, before: open, after: other });
    else if (change.kind !== "changed" || change.differs.length > 0) changes.push(change);
    waiting.push(...pairsBelow(pair));
  }
  return { changes, open: questions };
}

function pairsBelow({ path, before, after }: ComparedPair): readonly ComparedPair[] {
  const names = new Set([...(before?.children.keys() ?? []), ...(after?.children.keys() ?? [])]);
  return [...names].map((name) => ({
    path: `${path}/${name}`,
    before: before?.children.get(name),
    after: after?.children.get(name),
  }));
}

function changeOf({ path, before, after }: ComparedPair): ImageFileChange {
  const sizes = { bytesBefore: before?.content?.bytes ?? 0, bytesAfter: after?.content?.bytes ?? 0 };
  const shown = path === "" ? "/" : path;
  if (before === undefined) return { kind: "added", path: shown, ...sizes, differs: [] };
  if (after === undefined) return { kind: "deleted", path: shown, ...sizes, differs: [] };
  return { kind: "changed", path: shown, ...sizes, differs: differences(before, after) };
}

/** Of contents only their sizes. */
function differences(before: MergedFile, after: MergedFile): readonly FileDifference[] {
  const [one, other] = [before.record, after.record];
  const [a, b] = [one.metadata, other.metadata];
  return [
    ...(typeOf(before) === typeOf(after) ? [] : (["type"] as const)),
    ...(before.content?.bytes === after.content?.bytes ? [] : (["content"] as const)),
    ...(a.mode === b.mode ? [] : (["mode"] as const)),
    ...(a.uid === b.uid && a.gid === b.gid ? [] : (["owner"] as const)),
    ...(targetOf(before) === targetOf(after) ? [] : (["target"] as const)),
    ...(deviceOf(before) === deviceOf(after) ? [] : (["device"] as const)),
    ...(hasSameAttributes(before, after) ? [] : (["attributes"] as const)),
  ];
}

/** A further name of a file is a file. */
function typeOf({ record }: MergedFile): string {
  return record.op === "hardlink" ? "file" : record.op;
}

function targetOf({ record }: MergedFile): string {
  return record.op === "symlink" ? record.target : "";
}

function deviceOf({ record }: MergedFile): string {
  return "major" in record ? `${record.major}:${record.minor}` : "";
}

/** A further name carries its file's attributes only under the first one. */
function hasSameAttributes(before: MergedFile, after: MergedFile): boolean {
  if (before.record.op === "hardlink" || after.record.op === "hardlink") return true;
  return attributesOf(before) === attributesOf(after);
}

function attributesOf({ record }: MergedFile): string {
  const texts = record.metadata.xattrs.map(({ name, value }) => `${name}=${value.toString("hex")}`);
  return texts.sort().join("\n");
}
