/** One thing that happened, as a line of the log of events tells it. */
export interface EngineEvent {
  readonly type: string;
  readonly action: string;
  readonly id: string;
  readonly attributes: ReadonlyMap<string, string>;
  /** RFC 3339 in UTC with nine digits of fraction. */
  readonly time: string;
}

const own: ReadonlySet<string> = new Set(["time", "action", "type", "id", "attributes"]);

/** Reads a line; undefined for one that is no event, as a full disk or a power cut may leave. */
export function parseEventLine(line: string): EngineEvent | undefined {
  const value = parseObject(line);
  if (value === undefined) return undefined;
  const { type, action, id, time } = value;
  if (typeof type !== "string" || typeof action !== "string" || typeof id !== "string") return undefined;
  if (typeof time !== "string" || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z$/.test(time)) return undefined;
  const details = Object.entries(value).filter(([name]) => !own.has(name));
  const attributes = [...members(value.attributes), ...details].flatMap(([name, text]) =>
    typeof text === "string" ? [[name, text] as const] : [],
  );
  return { type, action, id, attributes: new Map(attributes), time };
}

function members(value: unknown): readonly (readonly [string, unknown])[] {
  return typeof value === "object" && value !== null ? Object.entries(value) : [];
}

function parseObject(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
