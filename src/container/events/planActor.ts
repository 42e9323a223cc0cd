/** Who an event is about. */
export interface EventActor {
  readonly type: EventType;
  readonly id: string;
  /** Docker's: `image` and `name` of a container, and its labels. */
  readonly attributes: ReadonlyMap<string, string>;
}

export type EventType = "container" | "image" | "volume" | "network" | "daemon";

/** A line of the log is at most 4096 bytes long; the time, the action and what it adds need less than the rest. */
const mostActorBytes = 3700;
/** An id, and each of the attributes that are always there. */
const mostValueBytes = 512;

/** Says how many attributes a line had no room for. */
export const omittedAttribute = "brig.omitted";

/**
 * The members of an event that say who it is about, ready to be put into a line: `"type":...,"id":...,"attributes":{...}`.
 * `image`, `name` and the other attributes named in `kept` always stay and are cut after 512 bytes; of the others (labels)
 * the longest are left out whole when the line would grow too long, and the attribute `brig.omitted` counts them. Pure.
 */
export function planActor({ type, id, attributes }: EventActor, kept: readonly string[] = alwaysKept): string {
  const chosen = new Map<string, string>();
  for (const name of kept) {
    const value = attributes.get(name);
    if (value !== undefined) chosen.set(name, cut(value));
  }
  const others = [...attributes].filter(([name]) => !kept.includes(name)).sort((one, other) => size(one) - size(other));
  let left = mostActorBytes - Buffer.byteLength(actorText({ type, id, attributes: chosen })) - 32;
  for (const member of others) {
    left -= size(member);
    if (left < 0) break; // those that follow are at least as long
    chosen.set(...member);
  }
  const omitted = attributes.size - chosen.size;
  if (omitted > 0) chosen.set(omittedAttribute, String(omitted));
  return actorText({ type, id, attributes: chosen });
}

const alwaysKept: readonly string[] = ["image", "name"];

function actorText({ type, id, attributes }: EventActor): string {
  const members = [...attributes].map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`);
  return `"type":"${type}","id":${JSON.stringify(cut(id))},"attributes":{${members.join(",")}}`;
}

/** What a member takes in JSON, with its comma and colon. */
function size([name, value]: readonly [string, string]): number {
  return Buffer.byteLength(JSON.stringify(name)) + Buffer.byteLength(JSON.stringify(value)) + 2;
}

/** At most 512 bytes of JSON, cut between characters. */
function cut(text: string): string {
  if (Buffer.byteLength(JSON.stringify(text)) <= mostValueBytes) return text;
  let short = "";
  let length = 2;
  for (const character of text) {
    length += Buffer.byteLength(JSON.stringify(character)) - 2;
    if (length > mostValueBytes) break;
    short += character;
  }
  return short;
}
