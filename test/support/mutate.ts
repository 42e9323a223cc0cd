/** Whole numbers below `below`. */
type Random = (below: number) => number;

const interesting = [0, 1, 0x1b, 0x22, 0x27, 0x2c, 0x2e, 0x2f, 0x3a, 0x3d, 0x5c, 0x7b, 0x7d, 0x7f, 0x80, 0xc0, 0xff];
const words = ["__proto__", "../", "..", "//", "\0", "%00", "\ud800", "1e999", "-1", "99999999999999999999", "{", "]"];

/** A changed copy of one of the examples: a few bytes flipped, put in, taken out, repeated, or spliced with another. */
export function mutate(examples: readonly Uint8Array[], random: Random): Buffer {
  let bytes = Buffer.from(pick(examples, random) ?? []);
  for (let change = random(6); change >= 0; change -= 1) bytes = changed(bytes, examples, random);
  return bytes;
}

function changed(bytes: Buffer, examples: readonly Uint8Array[], random: Random): Buffer<ArrayBuffer> {
  const at = random(bytes.length + 1);
  const end = Math.min(bytes.length, at + 1 + random(32));
  const join = (...parts: readonly Uint8Array[]) => Buffer.concat([bytes.subarray(0, at), ...parts]);
  switch (random(7)) {
    case 0:
      return join(Buffer.from([interesting[random(interesting.length)] ?? 0]), bytes.subarray(at + 1));
    case 1:
      return join(Buffer.from([random(256)]), bytes.subarray(at));
    case 2:
      return join(bytes.subarray(end));
    case 3:
      return join(bytes.subarray(at, end), bytes.subarray(at, end), bytes.subarray(at));
    case 4:
      return join(Buffer.from(words[random(words.length)] ?? ""), bytes.subarray(at));
    case 5:
      return join(Buffer.from(pick(examples, random) ?? []).subarray(random(64)));
    default:
      return join(Buffer.alloc(random(8) === 0 ? 5000 : random(40), bytes[at] ?? 0x61), bytes.subarray(at));
  }
}

function pick<T>(list: readonly T[], random: Random): T | undefined {
  return list[random(Math.max(1, list.length))];
}
