import type { ByteString, LayerRecord } from "../../overlay/index.ts";

/** The bytes of a file, which several names may lead to. */
export interface FileContent {
  readonly bytes: number;
  /** The layer that holds them, counted from 0, and the name that they were met under there. */
  readonly layer: number;
  readonly path: ByteString;
}

/** Something in the merged files of some layers. */
export interface MergedFile {
  readonly record: Entry;
  /** Of a regular file, under whichever of its names. */
  readonly content: FileContent | undefined;
  readonly children: ReadonlyMap<ByteString, MergedFile>;
}

/** A record that makes something. */
export type Entry = Exclude<LayerRecord, { readonly op: "whiteout" | "opaque" }>;

/** What a layer does to the files below it. */
export interface LayerChange {
  readonly kind: "added" | "changed" | "deleted";
  /** Relative, one byte a character. */
  readonly path: ByteString;
  /** Of the content that the layer brings; of what it deletes, everything below included. */
  readonly bytes: number;
}

interface Node {
  record: Entry;
  content: Content | undefined;
  readonly children: Map<ByteString, Node>;
}

interface Content extends FileContent {
  /** Names that still lead to it. */
  names: number;
}

/**
 * The files of an image as layer after layer is laid over them: what overlayfs shows of the same directories. Paths come
 * from strangers; they are keys of maps and nothing else.
 */
export class MergedFiles {
  readonly #root: Node = { record: emptyRoot, content: undefined, children: new Map() };
  readonly #wasted: number[] = [];
  #layer = -1;
  #changes: LayerChange[] = [];
  /** What this layer took away so far, by path: something else may come in its place. */
  #removed = new Map<ByteString, number>();

  get root(): MergedFile {
    return this.#root;
  }

  /** The bytes of each layer that nothing leads to any more. */
  get wasted(): readonly number[] {
    return this.#wasted;
  }

  beginLayer(): void {
    this.#layer += 1;
    this.#wasted.push(0);
    this.#changes = [];
    this.#removed = new Map();
  }

  /** Records of one layer, directories before what is in them (`readLayer`). */
  apply(record: LayerRecord): void {
    if (record.path === ".") {
      if ("metadata" in record) this.#root.record = record;
      else if (record.op === "opaque") this.#removeChildren(this.#root, "");
      return;
    }
    const slash = record.path.lastIndexOf("/");
    const parent = this.#find(record.path.slice(0, Math.max(slash, 0)));
    if (parent === undefined) throw new Error("a layer names something before its directory");
    const name = record.path.slice(slash + 1);
    const before = parent.children.get(name);
    if ("metadata" in record) this.#put({ record, parent, name, before });
    else if (before !== undefined && record.op === "opaque") this.#removeChildren(before, record.path);
    else if (before !== undefined) {
      this.#remove(before, record.path);
      parent.children.delete(name);
    }
  }

  /** What the layer has changed, sorted by path; of what it deleted only the topmost. */
  endLayer(): readonly LayerChange[] {
    const topmost = new Map<ByteString, number>();
    for (const [path, bytes] of [...this.#removed].sort(([one], [other]) => (one < other ? -1 : 1))) {
      const top = topOf(topmost, path);
      topmost.set(top, (topmost.get(top) ?? 0) + bytes);
    }
    const deleted = [...topmost].map(([path, bytes]): LayerChange => ({ kind: "deleted", path, bytes }));
    return [...this.#changes, ...deleted].sort((one, other) => (one.path < other.path ? -1 : 1));
  }

  #put({ record, parent, name, before }: Placement): void {
    const { path } = record;
    if (record.op === "dir" && before?.record.op === "dir") {
      const same = hasSameOwner(record, before.record);
      before.record = record;
      if (!same) this.#changes.push({ kind: "changed", path, bytes: 0 });
      return;
    }
    if (before !== undefined) this.#remove(before, path);
    const content = this.#contentOf(record);
    parent.children.set(name, { record, content, children: new Map() });
    const bytes = record.op === "file" ? record.size : 0;
    this.#changes.push({ kind: this.#removed.delete(path) ? "changed" : "added", path, bytes });
  }

  #contentOf(record: Entry): Content | undefined {
    if (record.op === "file") return { bytes: record.size, layer: this.#layer, path: record.path, names: 1 };
    const content = record.op === "hardlink" ? this.#find(record.target)?.content : undefined;
    if (content !== undefined) content.names += 1;
    return content;
  }

  #removeChildren(node: Node, path: ByteString): void {
    for (const [name, child] of node.children) this.#remove(child, path === "" ? name : `${path}/${name}`);
    node.children.clear();
  }

  /** Without recursion: a stranger decides how deep it is. */
  #remove(top: Node, at: ByteString): void {
    const open: [Node, ByteString][] = [[top, at]];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      const [{ content, children }, path] = next;
      this.#removed.set(path, this.#release(content));
      for (const [name, child] of children) open.push([child, `${path}/${name}`]);
    }
  }

  /** The bytes that are of no use any more. */
  #release(content: Content | undefined): number {
    if (content === undefined) return 0;
    content.names -= 1;
    if (content.names > 0) return 0;
    this.#wasted[content.layer] = (this.#wasted[content.layer] ?? 0) + content.bytes;
    return content.bytes;
  }

  #find(path: ByteString): Node | undefined {
    let node: Node | undefined = this.#root;
    for (const name of path === "" ? [] : path.split("/")) node = node?.children.get(name);
    return node;
  }
}

interface Placement {
  readonly record: Entry;
  readonly parent: Node;
  readonly name: ByteString;
  readonly before: Node | undefined;
}

const emptyRoot: Entry = {
  op: "dir",
  path: ".",
  metadata: { mode: 0o755, uid: 0, gid: 0, modified: { seconds: 0, nanoseconds: 0 }, xattrs: [] },
};

function hasSameOwner(one: Entry, other: Entry): boolean {
  const [a, b] = [one.metadata, other.metadata];
  return a.mode === b.mode && a.uid === b.uid && a.gid === b.gid;
}

/** The directory above `path` that is among `known`, or `path` itself. */
function topOf(known: ReadonlyMap<ByteString, number>, path: ByteString): ByteString {
  for (let slash = path.indexOf("/"); slash !== -1; slash = path.indexOf("/", slash + 1)) {
    const above = path.slice(0, slash);
    if (known.has(above)) return above;
  }
  return path;
}
