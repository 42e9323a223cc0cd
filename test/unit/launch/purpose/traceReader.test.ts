import assert from "node:assert/strict";
import test from "node:test";
import { newTraceReader } from "../../../../src/launch/purpose/traceReader.ts";

const hex = (text: string) => `"${Buffer.from(text, "utf8").toString("hex").replace(/../g, "\\x$&")}"`;

test("newTraceReader() puts calls together that others interrupted, and counts all", () => {
  const reader = newTraceReader(new Set(["setsid", "sethostname"]));
  const lines = [
    "10    read(3,  <unfinished ...>",
    `11    sethostname(${hex("a")} <unfinished ...>`,
    "10    <... read resumed>NULL, 1)     = 0",
    "11    <... sethostname resumed>, 1)  = 0",
    "12    setsid()                       = 12",
    "12    futex(0x1, 0x80, 2, NULL <unfinished ...>",
    "12    +++ exited with 0 +++",
    "12    <... setsid resumed>)          = 12",
    "--- SIGCHLD {si_signo=17} ---",
    "",
  ];
  const events = lines.flatMap((line) => reader.take(line) ?? []);
  assert.deepEqual(
    events.map(({ pid, call }) => [pid, call.name, call.result]),
    [
      [11, "sethostname", 0],
      [12, "setsid", 12],
    ],
  );
  assert.equal(reader.total(), 4);
});

test("newTraceReader() takes names that look like a part of the trace for what they are", () => {
  const reader = newTraceReader(new Set(["sethostname"]));
  for (const hostile of [" <unfinished ...>", "\n12    setsid() = 1", "<... read resumed>", ") = -1 EPERM"]) {
    const event = reader.take(`10    sethostname(${hex(hostile)}, 1) = 0`);
    const [name] = event?.call.args ?? [];
    assert.equal(name?.kind === "bytes" ? name.bytes.toString("utf8") : undefined, hostile);
    assert.equal(event?.call.result, 0);
  }
  assert.equal(reader.total(), 4);
});
