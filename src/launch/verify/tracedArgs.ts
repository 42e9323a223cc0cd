import type { TracedCall, TracedValue } from "./tracedCall.ts";

/** The text of a number, a name or, with a member, of one in a structure. */
export function word(call: TracedCall, at: number, name?: string): string {
  const value = name === undefined ? call.args[at] : member(call, at, name);
  return value?.kind === "word" ? value.text : "";
}

/** The bytes of a string argument, each as one character. */
export function text(call: TracedCall, at: number): string {
  const value = call.args[at];
  return value?.kind === "bytes" ? value.bytes.toString("latin1") : "";
}

/** A member of an argument that is a structure. */
export function member(call: TracedCall, at: number, name: string): TracedValue | undefined {
  const value = call.args[at];
  return value?.kind === "struct" ? value.fields.get(name) : undefined;
}

/** A number, also one that is printed as a sum of flags. */
export function number(call: TracedCall, at: number): bigint {
  return flag(call.args[at]);
}

/** The sum of the flags in a value; 0 for what is no number. */
export function flag(value: TracedValue | undefined): bigint {
  if (value?.kind !== "word") return 0n;
  return value.text.split("|").reduce((sum, part) => sum | partial(part), 0n);
}

function partial(part: string): bigint {
  if (/^0[0-7]+$/.test(part)) return BigInt(`0o${part.slice(1)}`);
  return /^-?\d+$|^0x[0-9a-f]+$/.test(part) ? BigInt.asUintN(64, BigInt(part)) : 0n;
}

/** The flags of clone(2) and clone3(2), of which strace writes one by name (`flags=0x1200000|17`) and the other as a structure. */
export function cloneFlags(call: TracedCall): bigint {
  if (call.name === "clone3") return flag(member(call, 0, "flags"));
  const named = call.args.find((value) => value.kind === "word" && value.text.startsWith("flags="));
  return named?.kind === "word" ? flag({ ...named, text: named.text.slice("flags=".length) }) : 0n;
}

/** As printf writes `0x%x`. */
export function hex(value: bigint): string {
  return `0x${value.toString(16)}`;
}

/** As printf writes `0%o`. */
export function octal(value: bigint): string {
  return `0${value.toString(8)}`;
}

/** The call as a person reads it, without what the kernel was given in bytes of its own. */
export function showTraced({ name, args, result, errno }: TracedCall): string {
  return `${name}(${args.map(showValue).join(", ")}) = ${errno === undefined ? (result ?? "?") : `-1 ${errno}`}`;
}

function showValue(value: TracedValue): string {
  switch (value.kind) {
    case "word":
      return value.text;
    case "bytes":
      return JSON.stringify(value.bytes.toString("utf8", 0, 200));
    case "list":
      return value.items.length > 8 ? `[${value.items.length} items]` : `[${value.items.map(showValue).join(", ")}]`;
    case "struct":
      return `{${[...value.fields].map(([key, one]) => `${key}=${showValue(one)}`).join(", ")}}`;
  }
}
