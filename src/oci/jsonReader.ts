import { EngineError } from "../base/index.ts";
import { duplicateMember } from "./duplicateMembers.ts";

/** A JSON object from a stranger. Its members are only reached through `JsonReader`, by own name, never spread. */
type JsonObject = Readonly<Record<string, unknown>>;

/** What a document is called in messages, and how large it may be. */
interface DocumentBounds {
  readonly what: string;
  readonly maxBytes: number;
}

/**
 * Parses a document of at most `maxBytes` that must be one JSON object in UTF-8.
 *
 * @throws EngineError `limitExceeded`, `malformedDocument`, or `ambiguousDocument` for a member that is there twice,
 * naming `what`.
 */
export function readJsonObject(bytes: Uint8Array, bounds: DocumentBounds): JsonReader {
  return JsonReader.of(parseJson(bytes, bounds), bounds.what);
}

/** As `readJsonObject`, for a document that must be a list of at most `maximum` objects. */
export function readJsonObjects(
  bytes: Uint8Array,
  bounds: DocumentBounds & { readonly maximum: number },
): readonly JsonReader[] {
  const list = parseJson(bytes, bounds);
  if (!Array.isArray(list)) throw wrongType(bounds.what, "a list");
  return bounded(list, bounds.maximum, bounds.what).map((item, index) =>
    JsonReader.of(item, `${bounds.what}[${index}]`),
  );
}

function parseJson(bytes: Uint8Array, { what, maxBytes }: DocumentBounds): unknown {
  if (bytes.length > maxBytes) {
    throw new EngineError("limitExceeded", `the ${what} has ${bytes.length} bytes; at most ${maxBytes} are allowed`);
  }
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    const value: unknown = JSON.parse(text);
    const twice = duplicateMember(text);
    if (twice === undefined) return value;
    throw new EngineError(
      "ambiguousDocument",
      `the ${what} has the member ${JSON.stringify(twice.slice(0, 80))} twice`,
    );
  } catch (error) {
    if (error instanceof EngineError) throw error;
    throw new EngineError("malformedDocument", `the ${what} is not a JSON document in UTF-8`, { cause: error });
  }
}

/**
 * Typed, bounded access to an untrusted JSON object. A member that is missing or null reads as absent, because Docker
 * writes null for empty lists and maps. Names such as `__proto__` are ordinary, unread members.
 */
export class JsonReader {
  readonly #object: JsonObject;
  readonly #where: string;

  private constructor(object: JsonObject, where: string) {
    this.#object = object;
    this.#where = where;
  }

  static of(value: unknown, where: string): JsonReader {
    if (typeof value !== "object" || value === null || Array.isArray(value)) throw wrongType(where, "an object");
    return new JsonReader(value as JsonObject, where);
  }

  has(name: string): boolean {
    return this.#member(name) !== undefined;
  }

  /**
   * Refuses members that are called like one of `names` but for upper and lower case: readers in Go take them for it.
   *
   * @throws EngineError `ambiguousDocument`.
   */
  refuseLookalikes(names: readonly string[]): void {
    const exact = new Map(names.map((name) => [name.toLowerCase(), name]));
    for (const key of Object.keys(this.#object)) {
      const meant = key.length > 40 ? undefined : exact.get(key.toLowerCase());
      if (meant === undefined || meant === key) continue;
      throw new EngineError("ambiguousDocument", `"${this.#path(key)}" is not "${meant}", but some tools read it so`);
    }
  }

  string(name: string): string | undefined {
    const value = this.#member(name);
    if (value === undefined || typeof value === "string") return value;
    throw wrongType(this.#path(name), "a string");
  }

  requiredString(name: string): string {
    const value = this.string(name);
    if (value === undefined) throw wrongType(this.#path(name), "a string");
    return value;
  }

  /** A whole number that is exact and not negative. */
  count(name: string): number | undefined {
    const value = this.#member(name);
    if (value === undefined || (typeof value === "number" && Number.isSafeInteger(value) && value >= 0)) return value;
    throw wrongType(this.#path(name), "a whole number that is not negative");
  }

  flag(name: string): boolean | undefined {
    const value = this.#member(name);
    if (value === undefined || typeof value === "boolean") return value;
    throw wrongType(this.#path(name), "true or false");
  }

  object(name: string): JsonReader | undefined {
    const value = this.#member(name);
    return value === undefined ? undefined : JsonReader.of(value, this.#path(name));
  }

  objects(name: string, maximum: number): readonly JsonReader[] {
    return this.#array(name, maximum).map((value, index) => JsonReader.of(value, `${this.#path(name)}[${index}]`));
  }

  strings(name: string, maximum: number): readonly string[] {
    return this.#array(name, maximum).map((value, index) => {
      if (typeof value !== "string") throw wrongType(`${this.#path(name)}[${index}]`, "a string");
      return value;
    });
  }

  /** The member names of an object whose values do not matter, such as Docker's sets. */
  keys(name: string, maximum: number): readonly string[] {
    const member = this.object(name);
    return member === undefined ? [] : bounded(Object.keys(member.#object), maximum, this.#path(name));
  }

  stringMap(name: string, maximum: number): ReadonlyMap<string, string> {
    const member = this.object(name);
    if (member === undefined) return new Map();
    const keys = bounded(Object.keys(member.#object), maximum, this.#path(name));
    return new Map(keys.map((key) => [key, member.string(key) ?? ""]));
  }

  #array(name: string, maximum: number): readonly unknown[] {
    const value = this.#member(name);
    if (value === undefined) return [];
    if (!Array.isArray(value)) throw wrongType(this.#path(name), "a list");
    return bounded(value, maximum, this.#path(name));
  }

  #member(name: string): unknown {
    return Object.hasOwn(this.#object, name) ? (this.#object[name] ?? undefined) : undefined;
  }

  #path(name: string): string {
    return `${this.#where}.${name}`;
  }
}

function bounded<T>(items: readonly T[], maximum: number, where: string): readonly T[] {
  if (items.length <= maximum) return items;
  throw new EngineError("limitExceeded", `"${where}" has ${items.length} members; at most ${maximum} are allowed`);
}

function wrongType(where: string, expected: string): EngineError {
  return new EngineError("malformedDocument", `"${where}" must be ${expected}`);
}
