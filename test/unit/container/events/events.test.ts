import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { type AppendRequest, appendEvent, eventLine } from "../../../../src/container/events/appendEvent.ts";
import { passesEventFilters } from "../../../../src/container/events/eventFilters.ts";
import { type EngineEvent, parseEventLine } from "../../../../src/container/events/eventRecord.ts";
import { planActor } from "../../../../src/container/events/planActor.ts";
import { readEvents } from "../../../../src/container/events/readEvents.ts";
import { instantOf, parseInstant } from "../../../../src/container/options/timeFlag.ts";

let root = "";

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "brig-events-"));
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

const id = "c".repeat(64);
const start = new Date("2026-03-01T12:00:00Z");
const append = (action: string, change: Partial<AppendRequest> = {}) =>
  appendEvent({ root, now: start, action, type: "container", id, attributes: new Map([["name", "web"]]), ...change });

async function collect(request: Parameters<typeof readEvents>[1]): Promise<readonly EngineEvent[]> {
  const events: EngineEvent[] = [];
  for await (const event of readEvents(root, request)) events.push(event);
  return events;
}

const all = { since: parseInstant("0", start, "since"), until: instantOf(new Date(start.getTime() + 60_000)) };

test("an event comes back as it was told, its details among the attributes", async () => {
  await append("kill", { details: { signal: "15" } });
  const [event] = await collect(all);
  assert.deepEqual(event, {
    type: "container",
    action: "kill",
    id,
    attributes: new Map([
      ["name", "web"],
      ["signal", "15"],
    ]),
    time: "2026-03-01T12:00:00.000000000Z",
  });
  assert.equal(statSync(join(root, "events.ndjson")).mode & 0o777, 0o600);
});

test("a line stays below 4096 bytes whatever the labels are, and says how many it has no room for", () => {
  const labels = Array.from({ length: 100 }, (_, index) => [`label.${index}`, "é\u0001".repeat(index)] as const);
  const attributes = new Map([["image", "i".repeat(5000)], ["name", "web"], ...labels]);
  const now = start;
  const action = `exec_create: ${"\u0001\ud800".repeat(500)}`;
  const line = eventLine({
    now,
    action,
    type: "container",
    id: "x".repeat(9999),
    attributes,
    details: { signal: "9" },
  });
  assert.ok(Buffer.byteLength(line) <= 4096, String(Buffer.byteLength(line)));
  const event = parseEventLine(line);
  assert.equal(event?.attributes.get("name"), "web");
  assert.equal(event?.attributes.get("label.5"), "é\u0001".repeat(5));
  const kept = [...(event?.attributes.keys() ?? [])].filter((name) => name.startsWith("label.")).length;
  assert.equal(event?.attributes.get("brig.omitted"), String(100 - kept));
  assert.ok(kept > 10);
});

test("planActor() leaves room for what the monitor adds, and cannot be left by a label", () => {
  const attributes = new Map([...Array(400).keys()].map((index) => [`l${index}`, "v".repeat(20)] as const));
  assert.ok(Buffer.byteLength(planActor({ type: "container", id, attributes })) <= 3700);
  const hostile = planActor({ type: "container", id, attributes: new Map([['a"},"x":{"', "\n"]]) });
  assert.deepEqual(JSON.parse(`{${hostile}}`), { type: "container", id, attributes: { 'a"},"x":{"': "\n" } });
});

test("the log is put aside when it has grown to 16 MiB, and readers go on in the new one", async () => {
  await append("create");
  const abort = new AbortController();
  const seen: string[] = [];
  const reading = (async () => {
    for await (const { action } of readEvents(root, {
      ...all,
      until: parseInstant("-1h", new Date(), "until"),
      signal: abort.signal,
    })) {
      seen.push(action);
      if (action === "start") {
        truncateSync(join(root, "events.ndjson"), 16 * 1024 * 1024 - 10);
        writeFileSync(join(root, "events.ndjson"), "\n", { flag: "a" });
        await append("die");
      }
      if (action === "die") await append("destroy");
      if (action === "destroy") abort.abort();
    }
  })();
  await append("start");
  await reading;
  assert.deepEqual(seen, ["create", "start", "die", "destroy"]);
  assert.ok(existsSync(join(root, "events.ndjson.1")));
  assert.ok(readFileSync(join(root, "events.ndjson"), "utf8").length < 1000);
});

test("without since only what happens later is told", async () => {
  await append("create");
  const abort = new AbortController();
  const events = readEvents(root, { signal: abort.signal })[Symbol.asyncIterator]();
  const first = events.next();
  const timer = setInterval(() => void append("later"), 20);
  assert.equal((await first).value?.action, "later");
  clearInterval(timer);
  abort.abort();
  assert.equal((await events.return(undefined)).done, true);
});

test("lines that are no events are passed over", async () => {
  writeFileSync(join(root, "events.ndjson"), `torn {"time"\n[]\n{"time":"x"}\n\0\0\n`);
  await append("create");
  assert.deepEqual(
    (await collect(all)).map(({ action }) => action),
    ["create"],
  );
});

test("a root without events has none, and a missing one is no error", async () => {
  assert.deepEqual(await collect(all), []);
  rmSync(root, { recursive: true });
  assert.deepEqual(await collect(all), []);
});

const event = (change: Partial<EngineEvent>): EngineEvent => ({
  type: "container",
  action: "start",
  id,
  attributes: new Map([
    ["name", "web"],
    ["image", "nginx:1"],
    ["app", "x"],
  ]),
  time: instantOf(start),
  ...change,
});

test("filters: one value of a name is enough, all names must hold", () => {
  const passes = (filters: Readonly<Record<string, readonly string[]>>, change: Partial<EngineEvent> = {}) =>
    passesEventFilters(event(change), new Map(Object.entries(filters)));
  assert.ok(passes({}));
  assert.ok(passes({ event: ["stop", "start"], container: ["we"], type: ["container"], scope: ["local"] }));
  assert.ok(!passes({ event: ["start"], container: ["db"] }));
  assert.ok(passes({ container: [id.slice(0, 12)], image: ["nginx"], label: ["app", "app=y"] }));
  assert.ok(passes({ image: ["nginx:1"] }));
  assert.ok(!passes({ image: ["ngin"] }));
  assert.ok(!passes({ label: ["app=y"] }));
  assert.ok(!passes({ volume: ["web"] }));
  assert.ok(passes({ event: ["exec_start"] }, { action: "exec_start: sh -c ls" }));
  assert.ok(!passes({ event: ["exec"] }, { action: "exec_start: sh -c ls" }));
  assert.ok(passes({ image: ["sha256:ab"] }, { type: "image", id: "sha256:abc", attributes: new Map() }));
  assert.throws(() => passes({ constructor: ["x"] }), /invalid filter 'constructor'/);
});
