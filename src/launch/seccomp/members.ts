import { EngineError } from "../../base/index.ts";

/**
 * Typed access to one value of an untrusted JSON document. Each function throws EngineError `invalidConfig` naming the
 * member when the value is of another type.
 */
export interface Member {
  readonly path: string;
  readonly value: unknown;
}

function unusable({ path, value }: Member, expected: string): EngineError {
  const type = typeof value === "object" ? "an object" : `a ${typeof value}`;
  const found = value === null ? "missing" : Array.isArray(value) ? "a list" : type;
  return new EngineError("invalidConfig", `seccomp profile: "${path}" is ${found} where ${expected} should be`, {
    hint: "the format is the one that Docker documents for --security-opt seccomp=FILE",
  });
}

/** The member `key` of an object, or undefined when it is absent or null. */
export function memberOf(parent: Member, key: string): Member | undefined {
  if (typeof parent.value !== "object" || parent.value === null || Array.isArray(parent.value)) {
    throw unusable(parent, "an object");
  }
  const value: unknown = Object.hasOwn(parent.value, key) ? Reflect.get(parent.value, key) : undefined;
  const path = parent.path === "" ? key : `${parent.path}.${key}`;
  return value === undefined || value === null ? undefined : { path, value };
}

/** The elements of a list. */
export function elementsOf(member: Member): readonly Member[] {
  if (!Array.isArray(member.value)) throw unusable(member, "a list");
  return member.value.map((value: unknown, index) => ({ path: `${member.path}[${index}]`, value }));
}

export function textOf(member: Member): string {
  if (typeof member.value !== "string") throw unusable(member, "a string");
  return member.value;
}

/** A whole number from 0 to 2^53 - 1: larger ones have lost digits already. */
export function countOf(member: Member): number {
  if (typeof member.value !== "number" || !Number.isSafeInteger(member.value) || member.value < 0) {
    throw unusable(member, "a whole number from 0 to 9007199254740991");
  }
  return member.value;
}
