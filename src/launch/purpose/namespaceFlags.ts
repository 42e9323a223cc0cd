/** clone(2): the namespaces that a flag makes, in the order in which they are told. */
const namespaces: readonly (readonly [bit: bigint, name: string])[] = [
  [0x10000000n, "user"],
  [0x00020000n, "mount"],
  [0x20000000n, "pid"],
  [0x40000000n, "network"],
  [0x04000000n, "uts"],
  [0x08000000n, "ipc"],
  [0x02000000n, "cgroup"],
  [0x00000080n, "time"],
];

export function namespacesOf(flags: bigint): readonly string[] {
  return namespaces.flatMap(([bit, name]) => ((flags & bit) === 0n ? [] : [name]));
}
