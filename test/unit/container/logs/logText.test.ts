import assert from "node:assert/strict";
import { test } from "node:test";
import { LogText, type LogTextRequest } from "../../../../src/container/logs/logText.ts";
import { parseInstant } from "../../../../src/container/options/timeFlag.ts";

interface Line {
  readonly log: string;
  readonly stream?: string;
  readonly attrs?: Readonly<Record<string, string>>;
  readonly time?: string;
}

const record = ({ log, stream = "stdout", attrs, time = "2026-03-01T12:00:00.5Z" }: Line) =>
  `${JSON.stringify({ log, stream, ...(attrs === undefined ? {} : { attrs }), time })}\n`;

/** What the pieces say, `stream:text` each. */
function read(text: string | Buffer, request: LogTextRequest = {}): readonly string[] {
  const { pieces } = new LogText(request).read(Buffer.from(text));
  return pieces.map(({ stream, bytes }) => `${stream}:${Buffer.from(bytes).toString()}`);
}

const at = (text: string) => parseInstant(text, new Date(), "since");

test("LogText undoes every escape of JSON, and leaves other bytes as they are", () => {
  const text = 'a"b\\c/\b\f\n\r\t\u0001é€😀\u007f\n';
  assert.deepEqual(read(record({ log: text })), [`stdout:${text}`]);
  const escaped = [...text].map((character) =>
    [...character]
      .flatMap((each) => each.split(""))
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0").toUpperCase()}`)
      .join(""),
  );
  const line = `{"log":"${escaped.join("")}","stream":"stderr","time":"2026-03-01T12:00:00Z"}\n`;
  assert.deepEqual(read(line), [`stderr:${text}`]);
});

test("LogText writes half of a surrogate pair as U+FFFD", () => {
  for (const half of ["\\ud800", "\\udc00", "\\ud800x", "\\ud800\\ud800"]) {
    const [piece = ""] = read(`{"log":"${half}","stream":"stdout","time":"2026-03-01T12:00:00Z"}\n`);
    assert.equal(piece, `stdout:${JSON.parse(`"${half}"`).replace(/[\ud800-\udfff]/g, "\ufffd")}`);
  }
});

test("LogText reads members in any order", () => {
  const line = '{"time":"2026-03-01T12:00:00Z","extra":{"a":[1]},"stream":"stderr","log":"x\\n"}\n';
  assert.deepEqual(read(line), ["stderr:x\n"]);
  assert.deepEqual(read(line, { timestamps: true }), ["stderr:2026-03-01T12:00:00.000000000Z x\n"]);
});

test("LogText joins what neighbours of one stream say, and keeps the order of streams", () => {
  const text = ["1", "2", "3"].map((log) => record({ log })).join("") + record({ log: "e", stream: "stderr" });
  assert.deepEqual(read(text + record({ log: "4\n" })), ["stdout:123", "stderr:e", "stdout:4\n"]);
});

test("LogText puts one time in front of a line that was cut into records", () => {
  const text = record({ log: "a" }) + record({ log: "E\n", stream: "stderr" }) + record({ log: "b\n" });
  const prefix = "2026-03-01T12:00:00.500000000Z ";
  assert.deepEqual(read(text, { timestamps: true }), [`stdout:${prefix}a`, `stderr:${prefix}E\n`, "stdout:b\n"]);
});

test("LogText escapes details as Docker does, in the order of their names", () => {
  const line = record({ log: "x\n", attrs: { z: 'a "b"\u001b[31m\n', a: "ü=,+ ~" } });
  assert.deepEqual(read(line, { details: true }), ["stdout:a=%C3%BC%3D%2C%2B+~,z=a+%22b%22%1B%5B31m%0A x\n"]);
  assert.deepEqual(read(record({ log: "x\n" }), { details: true }), ["stdout: x\n"]);
});

test("LogText leaves out what is before since and ends at until, to the nanosecond", () => {
  const times = ["12:00:00Z", "12:00:00.000000001Z", "12:00:00.5Z", "12:00:01Z"];
  const text = times.map((time) => record({ log: `${time} `, time: `2026-03-01T${time}` })).join("");
  const since = at("2026-03-01T12:00:00.000000001Z");
  assert.deepEqual(read(text, { since }), [`stdout:${times.slice(1).join(" ")} `]);
  const until = at("2026-03-01T12:00:00.5Z");
  assert.deepEqual(read(text, { since, until }), [`stdout:${times.slice(1, 3).join(" ")} `]);
});

test("LogText leaves a stream out", () => {
  const text = record({ log: "o" }) + record({ log: "e", stream: "stderr" });
  assert.deepEqual(read(text, { stdout: false }), ["stderr:e"]);
  assert.deepEqual(read(text, { stderr: false }), ["stdout:o"]);
});

test("LogText passes over damage, and finds the record behind a torn one", () => {
  const good = record({ log: "good\n" });
  for (const bad of [
    "\n",
    "[]\n",
    "{}\n",
    '{"log":1}\n',
    '{"log":"no end\n',
    `${"\0".repeat(50)}\n`,
    '{"log":"\\x"}\n',
  ]) {
    assert.deepEqual(read(good + bad + good), ["stdout:good\ngood\n"], JSON.stringify(bad));
  }
  assert.deepEqual(read(`{"log":"torn${good}`), ["stdout:good\n"]);
  assert.deepEqual(read(`\0\0\0${good}`), ["stdout:good\n"]);
  const growing = Buffer.concat([
    Buffer.from('{"stream":"stdout","log":"'),
    Buffer.alloc(99, 0xff),
    Buffer.from('"}\n'),
  ]);
  assert.deepEqual(read(Buffer.concat([growing, Buffer.from(good)])), ["stdout:good\n"]);
});

test("LogText waits for the end of a record, wherever the input ends", () => {
  const whole = Buffer.from(record({ log: 'a\u0001"é😀\n', attrs: { k: 'v"}' } }));
  for (let length = 0; length < whole.length; length += 1) {
    const { pieces, consumed } = new LogText({}).read(whole.subarray(0, length));
    assert.deepEqual({ pieces: pieces.length, consumed }, { pieces: 0, consumed: 0 }, `${length} bytes`);
  }
  assert.equal(new LogText({}).read(whole).consumed, whole.length);
});
