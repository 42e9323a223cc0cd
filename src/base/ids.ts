import { randomHex } from "./random.ts";

declare const brand: unique symbol;

/** A string that only one parser or maker can produce. */
export type Branded<Name extends string> = string & { readonly [brand]: Name };

/** 64 lower-case hexadecimal digits. */
export type ContainerId = Branded<"ContainerId">;

/** Makes a new random container id. Like Docker's, its first twelve digits are never all decimal: they serve as a host name. */
export function newContainerId(): ContainerId {
  for (;;) {
    const id = randomHex(32);
    if (/[a-f]/.test(id.slice(0, 12))) return id as ContainerId;
  }
}

/** The twelve digits that people see. */
export function shortId(id: string): string {
  return id.slice(0, 12);
}
