import assert from "node:assert/strict";

/** One message, said with names in place of values. */
export interface Entry {
  readonly text: string;
  /** The names of the values that it uses, sorted. */
  readonly values: readonly string[];
}

/** Every message of a topic by its path, in the order of the file's names. */
export function readEntries(messages: unknown, path: string): ReadonlyMap<string, Entry> {
  return new Map(walk(messages, path).sort(([one], [other]) => (one < other ? -1 : 1)));
}

function walk(message: unknown, path: string): (readonly [string, Entry])[] {
  if (typeof message === "string") return [[path, { text: message, values: [] }]];
  if (typeof message === "function") return [[path, say(message)]];
  assert.ok(typeof message === "object" && message !== null, `${path} is no message`);
  return Object.entries(message).flatMap(([name, inner]) => walk(inner, `${path}.${name}`));
}

function say(message: { readonly name: string }): Entry {
  const used = new Set<string>();
  const values = new Proxy(
    {},
    {
      get: (_target, name) => {
        used.add(String(name));
        return `⟨${String(name)}⟩`;
      },
    },
  );
  const text: unknown = Reflect.apply(message as () => unknown, undefined, [values]);
  assert.equal(typeof text, "string", message.name);
  return { text: String(text), values: [...used].sort() };
}
