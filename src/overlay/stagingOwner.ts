import { isMarkAlive, ownProcessMark, randomHex } from "../base/index.ts";

/** A name for a staging directory that says who works in it. */
export function newStagingName(): string {
  return `${randomHex(8)}.${ownProcessMark()}`;
}

/** Whether the process that made the name is still there. A name that nobody here could have made has no owner. */
export function isStagingOwned(name: string): boolean {
  const [, mark] = /^[0-9a-f]{16}\.(.+)$/.exec(name) ?? [];
  return mark !== undefined && isMarkAlive(mark);
}
