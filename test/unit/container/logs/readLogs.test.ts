import assert from "node:assert/strict";
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { openRotated } from "../../../../src/container/follow/rotatedFiles.ts";
import { findTail } from "../../../../src/container/logs/logStart.ts";
import { type LogFilesRequest, readLogs } from "../../../../src/container/logs/readLogs.ts";
import { parseInstant } from "../../../../src/container/options/timeFlag.ts";

let directory = "";
let log = "";

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "brig-logs-"));
  log = join(directory, "container-json.log");
});

afterEach(() => rmSync(directory, { recursive: true, force: true }));

const day = Date.UTC(2026, 2, 1) / 1000;
const timeOf = (second: number) => new Date((day + second) * 1000).toISOString().replace(".000Z", "Z");
const record = (text: string, second = 0, stream = "stdout") =>
  `${JSON.stringify({ log: text, stream, time: timeOf(second) })}\n`;
const numbered = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => record(`${from + index}\n`, from + index)).join("");
const texts = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => `${from + index}\n`).join("");

async function read(request: Partial<LogFilesRequest> = {}): Promise<string> {
  let text = "";
  for await (const { bytes } of readLogs({ directory, ...request })) text += Buffer.from(bytes).toString();
  return text;
}

const since = (second: number) => parseInstant(timeOf(second), new Date(), "since");

test("readLogs() reads the rotated files from the oldest to the newest, over a gap in their numbers", async () => {
  writeFileSync(`${log}.3`, numbered(0, 2));
  writeFileSync(`${log}.1`, numbered(2, 4));
  writeFileSync(log, numbered(4, 6));
  writeFileSync(`${log}.x`, "not one of them");
  assert.equal(await read(), texts(0, 6));
});

test("readLogs() of a container that wrote nothing is empty", async () => {
  assert.equal(await read(), "");
  assert.equal(await read({ tail: 5, since: since(1), directory: join(directory, "gone") }), "");
});

test("readLogs() finds the last lines, over files and blocks", async () => {
  writeFileSync(`${log}.1`, numbered(0, 5000));
  writeFileSync(log, numbered(5000, 12_000));
  for (const tail of [0, 1, 3, 6999, 7000, 7001, 11_999]) {
    assert.equal(await read({ tail }), texts(12_000 - tail, 12_000), `--tail ${tail}`);
  }
  assert.equal(await read({ tail: 20_000 }), texts(0, 12_000));
});

test("readLogs() counts a line that was cut into records once, and one without an end too", async () => {
  const long = "x".repeat(16_384);
  writeFileSync(log, record("first\n") + record(long).repeat(40) + record("end\n") + record("last"));
  assert.equal(await read({ tail: 1 }), "last");
  assert.equal(await read({ tail: 2 }), `${long.repeat(40)}end\nlast`);
  assert.equal(await read({ tail: 3 }), `first\n${long.repeat(40)}end\nlast`);
});

test("readLogs() finds the first line since a time, in a long file and among files", async () => {
  writeFileSync(`${log}.2`, numbered(0, 1000));
  writeFileSync(`${log}.1`, numbered(1000, 60_000));
  writeFileSync(log, numbered(60_000, 61_000));
  utimesSync(`${log}.2`, day + 1000, day + 1000);
  utimesSync(`${log}.1`, day + 60_000, day + 60_000);
  for (const second of [0, 500, 1000, 1001, 30_000, 59_999, 60_000, 60_999]) {
    assert.equal(await read({ since: since(second) }), texts(second, 61_000), `since ${second}`);
  }
  assert.equal(await read({ since: since(70_000) }), "");
  assert.equal(await read({ since: since(100), until: since(102) }), texts(100, 103));
  assert.equal(await read({ since: since(60_990), tail: 5 }), texts(60_995, 61_000));
  assert.equal(await read({ since: since(60_998), tail: 50 }), texts(60_998, 61_000));
});

test("readLogs() drops a torn last record, and one that is longer than any can be", async () => {
  writeFileSync(`${log}.1`, `${record("a\n")}{"log":"to`);
  writeFileSync(log, `${record("b\n")}{"log":"${"x".repeat(3_000_000)}"}\n${record("c\n")}{"log":"tor`);
  assert.equal(await read(), "a\nb\nc\n");
  assert.equal(await read({ tail: 1 }), "c\n");
});

/** Follows until the container is said to be over; `until(text)` resolves when that much was read. */
function follow(request: Partial<LogFilesRequest> = {}) {
  let text = "";
  let over = false;
  const waiting: { readonly wanted: string; readonly done: () => void }[] = [];
  const ended = (async () => {
    for await (const { bytes } of readLogs({ directory, follow: true, isOver: () => over, ...request })) {
      text += Buffer.from(bytes).toString();
      for (const { wanted, done } of waiting) if (text.endsWith(wanted)) done();
    }
    return text;
  })();
  return {
    ended,
    reached: (wanted: string) =>
      new Promise<void>((done) => {
        waiting.push({ wanted, done });
        if (text.endsWith(wanted)) done();
      }),
    finish: () => {
      over = true;
      return ended;
    },
  };
}

test("a follower goes on over rotations, with what was written to a file after it was renamed", async () => {
  writeFileSync(log, numbered(0, 2));
  const follower = follow();
  await follower.reached("1\n");
  renameSync(log, `${log}.1`);
  appendFileSync(`${log}.1`, numbered(2, 3));
  writeFileSync(log, numbered(3, 4));
  await follower.reached("3\n");
  renameSync(`${log}.1`, `${log}.2`);
  renameSync(log, `${log}.1`);
  writeFileSync(log, numbered(4, 5));
  await follower.reached("4\n");
  assert.equal(await follower.finish(), texts(0, 5));
});

test("a follower that was too slow goes on with what is left", async () => {
  writeFileSync(log, numbered(0, 1));
  const follower = follow();
  await follower.reached("0\n");
  writeFileSync(`${log}.2`, numbered(7, 8));
  writeFileSync(`${log}.1`, numbered(8, 9));
  writeFileSync(join(directory, "new"), numbered(9, 10));
  renameSync(join(directory, "new"), log);
  await follower.reached("9\n");
  assert.equal(await follower.finish(), "0\n7\n8\n9\n");
});

test("a follower meets a log that is made later, and a record that is written in two parts", async () => {
  const follower = follow();
  const whole = record("made later\n");
  writeFileSync(log, whole.slice(0, 20));
  appendFileSync(log, whole.slice(20));
  await follower.reached("later\n");
  assert.equal(await follower.finish(), "made later\n");
});

test("a follower shows what was written before it was told of the end", async () => {
  writeFileSync(log, numbered(0, 1));
  let asked = 0;
  const isOver = () => {
    asked += 1;
    if (asked === 1) appendFileSync(log, record("last words\n"));
    return asked > 1;
  };
  assert.equal(await follow({ isOver }).ended, "0\nlast words\n");
});

test("a follower begins again with a log that was emptied", async () => {
  writeFileSync(log, numbered(0, 100));
  const follower = follow({ tail: 1 });
  await follower.reached("99\n");
  writeFileSync(log, "");
  await new Promise((resolve) => setImmediate(resolve));
  appendFileSync(log, record("again\n"));
  await follower.reached("again\n");
  assert.equal(await follower.finish(), "99\nagain\n");
});

test("a follower ends with its signal, at until, and when its directory goes away", async () => {
  writeFileSync(log, numbered(0, 1));
  const abort = new AbortController();
  const follower = follow({ signal: abort.signal });
  await follower.reached("0\n");
  abort.abort();
  assert.equal(await follower.ended, "0\n");
  assert.equal(await follow({ until: since(1) }).ended, "0\n");
  mkdirSync(join(directory, "other"));
  const orphan = follow({ directory: join(directory, "other") });
  rmSync(join(directory, "other"), { recursive: true });
  assert.equal(await orphan.finish(), "");
});

test("findTail() reads a log of 1 GiB from its end only", async () => {
  const path = join(directory, "container-json.log");
  const lines = ["one", "two", "three"].map(
    (log) => `{"log":"${log}\\n","stream":"stdout","time":"2026-01-01T00:00:00Z"}\n`,
  );
  writeFileSync(path, "");
  truncateSync(path, 1024 * 1024 * 1024 - 1);
  writeFileSync(path, `\n${lines.join("")}`, { flag: "a" });
  const files = await openRotated({ directory, name: "container-json.log" });
  try {
    const [file] = files;
    assert.ok(file !== undefined);
    let readBytes = 0;
    const counting = Object.create(file.handle, {
      read: {
        value: async (buffer: Buffer, ...place: [number, number, number]) => {
          const result = await file.handle.read(buffer, ...place);
          readBytes += result.bytesRead;
          return result;
        },
      },
    });
    const start = await findTail([{ ...file, handle: counting }], 2);
    assert.deepEqual(start, { file: 0, position: 1024 * 1024 * 1024 + (lines[0] ?? "").length });
    assert.ok(readBytes <= 512 * 1024, `${readBytes} bytes`);
  } finally {
    for (const { handle } of files) await handle.close();
  }
});
