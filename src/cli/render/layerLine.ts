import { formatDecimalSize, shortId } from "../../base/index.ts";

/** One layer of a transfer at one moment. */
export interface LayerLine {
  readonly digest: string;
  /** What happens to it. */
  readonly words: string;
  /** Whether `current` grows. */
  readonly moves: boolean;
  /** Whether nothing more will happen to it. */
  readonly isOver: boolean;
  /** Compressed bytes; a total of 0 is not known. */
  readonly current: number;
  readonly total: number;
}

const widestBar = 50;
/** A bar shorter than this says nothing. */
const narrowestBar = 10;

/** `4abcf2066143: Downloading [=====>     ]  1.2MB/3.4MB` in at most `columns` characters. */
export function formatLayerLine({ digest, words, moves, current, total }: LayerLine, columns: number): string {
  const start = `${shortDigest(digest)}: ${words}`;
  if (!moves || current === 0) return start.slice(0, columns);
  const amount = `  ${formatDecimalSize(current)}${total > 0 ? `/${formatDecimalSize(total)}` : ""}`;
  const room = Math.min(widestBar, columns - start.length - amount.length - 3);
  const bar = total > 0 && room >= narrowestBar ? ` ${formatBar(Math.min(1, current / total), room)}` : "";
  return `${start}${bar}${amount}`.slice(0, columns);
}

function formatBar(share: number, width: number): string {
  const filled = Math.floor(share * width);
  const head = filled < width ? ">" : "";
  return `[${"=".repeat(filled)}${head}${" ".repeat(Math.max(0, width - filled - 1))}]`;
}

/** Twelve digits of a digest without its algorithm. */
export function shortDigest(digest: string): string {
  return shortId(digest.slice(digest.indexOf(":") + 1));
}
