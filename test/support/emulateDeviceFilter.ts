/** One use of a device, as the kernel shows it to a device filter (`struct bpf_cgroup_dev_ctx`). */
export interface DeviceUse {
  readonly type: "b" | "c";
  readonly major: number;
  readonly minor: number;
  /** Some of `r`, `w`, `m`. */
  readonly access: string;
}

/**
 * Runs the eBPF of a device filter on one use of a device and returns r0. Knows the operations that brig's compiler
 * writes; throws on any other, on a jump out of the program and on a register that was never set.
 */
export function emulateDeviceFilter(program: Uint8Array, { type, major, minor, access }: DeviceUse): number {
  const view = new DataView(program.buffer, program.byteOffset, program.byteLength);
  const bits = [..."mrw"].reduce((sum, letter, bit) => sum | (access.includes(letter) ? 1 << bit : 0), 0);
  const context = [(bits << 16) | (type === "b" ? 1 : 2), major, minor];
  const registers = new Map<number, number>();
  const get = (register: number) => {
    const value = registers.get(register);
    if (value === undefined) throw new Error(`register ${register} was never set`);
    return value;
  };
  for (let at = 0; at * 8 < program.length; at += 1) {
    const code = view.getUint8(at * 8);
    const destination = view.getUint8(at * 8 + 1) & 15;
    const source = view.getUint8(at * 8 + 1) >> 4;
    const offset = view.getInt16(at * 8 + 2, true);
    const constant = view.getInt32(at * 8 + 4, true);
    if (code === 0x95) return get(0);
    if (code === 0x61 && source === 1) registers.set(destination, context[offset / 4] ?? Number.NaN);
    else if (code === 0x54) registers.set(destination, get(destination) & constant);
    else if (code === 0x74) registers.set(destination, get(destination) >>> constant);
    else if (code === 0xbc) registers.set(destination, get(source));
    else if (code === 0xb7) registers.set(destination, constant);
    else if (code === 0x55) at += get(destination) === constant ? 0 : offset;
    else throw new Error(`operation 0x${code.toString(16)} at ${at}`);
  }
  throw new Error("the program runs out");
}
