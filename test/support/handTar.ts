/** Archives made by hand, for what no honest writer makes. Strings hold one byte a character. */
export interface HandEntry {
  readonly name: string;
  /** The type flag of the header; "0", a file, when left out. */
  readonly type?: string;
  readonly link?: string;
  readonly content?: string | Uint8Array;
  /** What the header says, when it is not the size of the content. */
  readonly size?: number | string;
  readonly mode?: number;
  readonly uid?: number | string;
  readonly gid?: number | string;
  readonly mtime?: number | string;
  readonly major?: number;
  readonly minor?: number;
  readonly prefix?: string;
  /** "ustar\0" and "00" when left out; "ustar  \0" is GNU's, "" is V7's. */
  readonly magic?: string;
  /** Added to the right checksum. */
  readonly checksumError?: number;
  /** Records of an extended header before the entry. */
  readonly pax?: Readonly<Record<string, string | Uint8Array>>;
}

const blockSize = 512;

/** A whole archive, with the two zero blocks at its end. */
export function handArchive(entries: readonly HandEntry[]): Buffer {
  return Buffer.concat([...entries.map(handEntry), Buffer.alloc(2 * blockSize)]);
}

export function handEntry(entry: HandEntry): Buffer {
  const content = bytesOf(entry.content ?? "");
  const padding = Buffer.alloc((blockSize - (content.length % blockSize)) % blockSize);
  const member = Buffer.concat([header(entry, content.length), content, padding]);
  if (entry.pax === undefined) return member;
  return Buffer.concat([handEntry({ name: "pax", type: "x", content: paxRecords(entry.pax) }), member]);
}

/** "LENGTH KEY=VALUE\n" for each; the length counts itself. */
export function paxRecords(records: Readonly<Record<string, string | Uint8Array>>): Buffer {
  return Buffer.concat(
    Object.entries(records).map(([key, value]) => {
      const rest = Buffer.concat([bytesOf(` ${key}=`), bytesOf(value), bytesOf("\n")]);
      let length = rest.length;
      while (String(length).length + rest.length !== length) length = String(length).length + rest.length;
      return Buffer.concat([bytesOf(String(length)), rest]);
    }),
  );
}

function header(entry: HandEntry, contentSize: number): Buffer {
  const block = Buffer.alloc(blockSize);
  const put = (text: string, at: number): void => void block.write(text, at, "latin1");
  put(entry.name, 0);
  put(octal(entry.mode ?? 0o644, 8), 100);
  put(octal(entry.uid ?? 0, 8), 108);
  put(octal(entry.gid ?? 0, 8), 116);
  put(octal(entry.size ?? contentSize, 12), 124);
  put(octal(entry.mtime ?? 1_700_000_000, 12), 136);
  put(entry.type ?? "0", 156);
  put(entry.link ?? "", 157);
  put(entry.magic ?? "ustar\x0000", 257);
  put(octal(entry.major ?? 0, 8), 329);
  put(octal(entry.minor ?? 0, 8), 337);
  put(entry.prefix ?? "", 345);
  block.fill(" ", 148, 156);
  const sum = block.reduce((total, byte) => total + byte, 0) + (entry.checksumError ?? 0);
  put(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return block;
}

function octal(value: number | string, width: number): string {
  return typeof value === "string" ? value : `${value.toString(8).padStart(width - 1, "0")}\0`;
}

function bytesOf(value: string | Uint8Array): Buffer {
  return typeof value === "string" ? Buffer.from(value, "latin1") : Buffer.from(value);
}
