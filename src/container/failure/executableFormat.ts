/** What the first bytes of a file say about how execve(2) would treat it. */
export type ExecutableFormat =
  | { readonly kind: "elf"; readonly architecture: string; readonly interpreter?: string }
  | { readonly kind: "script"; readonly interpreter: string; readonly carriageReturn: boolean }
  | { readonly kind: "empty" }
  | { readonly kind: "other" };

/** How many bytes of a file are enough: the kernel reads 256 of a script, and program headers stand near the beginning. */
export const executableHeadBytes = 64 * 1024;

/** Never throws: the bytes may be anything. */
export function executableFormat(head: Uint8Array): ExecutableFormat {
  if (head.length === 0) return { kind: "empty" };
  if (head[0] === 0x7f && head[1] === 0x45 && head[2] === 0x4c && head[3] === 0x46) return elfFormat(head);
  if (head[0] === 0x23 && head[1] === 0x21) return scriptFormat(head);
  return { kind: "other" };
}

/** execve(2), "Interpreter scripts": optional blanks, the interpreter, an optional argument; at most 255 bytes count. */
function scriptFormat(head: Uint8Array): ExecutableFormat {
  const first = new TextDecoder().decode(head.subarray(2, 255)).split("\n", 1)[0] ?? "";
  const carriageReturn = first.endsWith("\r");
  const line = (carriageReturn ? first.slice(0, -1) : first).replace(/^[ \t]+/, "");
  const interpreter = line.split(/[ \t]/, 1)[0] ?? "";
  return { kind: "script", interpreter, carriageReturn };
}

/** e_machine of elf(5) by OCI's names; with 64-bit and little-endian where they make the difference. */
const machines: Readonly<Record<number, string>> = {
  3: "386",
  8: "mips",
  20: "ppc",
  21: "ppc64le",
  22: "s390x",
  40: "arm",
  62: "amd64",
  183: "arm64",
  243: "riscv64",
  258: "loong64",
};

const programInterpreter = 3;
const maxProgramHeaders = 256;
const maxInterpreterBytes = 4096;

function elfFormat(head: Uint8Array): ExecutableFormat {
  const wide = head[4] === 2;
  const little = head[5] !== 2;
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  if (head.length < (wide ? 64 : 52)) return { kind: "other" };
  const machine = view.getUint16(18, little);
  const interpreter = elfInterpreter(view, { wide, little });
  return {
    kind: "elf",
    architecture: machines[machine] ?? `machine ${machine}`,
    ...(interpreter === undefined ? {} : { interpreter }),
  };
}

/** The path in the PT_INTERP segment (elf(5)); undefined for a static program or where the file cannot be followed. */
function elfInterpreter(view: DataView, elf: { readonly wide: boolean; readonly little: boolean }): string | undefined {
  const word = (at: number) => (elf.wide ? Number(view.getBigUint64(at, elf.little)) : view.getUint32(at, elf.little));
  const offset = word(elf.wide ? 32 : 28);
  const size = view.getUint16(elf.wide ? 54 : 42, elf.little);
  const count = Math.min(view.getUint16(elf.wide ? 56 : 44, elf.little), maxProgramHeaders);
  if (size < (elf.wide ? 56 : 32)) return undefined;
  for (let index = 0; index < count; index += 1) {
    const header = offset + index * size;
    if (header + size > view.byteLength) return undefined;
    if (view.getUint32(header, elf.little) !== programInterpreter) continue;
    const start = word(header + (elf.wide ? 8 : 4));
    const length = word(header + (elf.wide ? 32 : 16));
    if (length < 2 || length > maxInterpreterBytes || start + length > view.byteLength) return undefined;
    return new TextDecoder().decode(new Uint8Array(view.buffer, view.byteOffset + start, length - 1));
  }
  return undefined;
}
