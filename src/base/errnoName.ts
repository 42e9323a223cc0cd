import { constants } from "node:os";

const names = new Map(Object.entries(constants.errno).map(([name, number]) => [number as number, name]));

/** `ENOENT` for 2 (errno(3)); `errno 4711` for a number that has no name here. */
export function errnoName(number: number): string {
  return names.get(number) ?? `errno ${number}`;
}
