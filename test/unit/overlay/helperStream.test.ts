import assert from "node:assert/strict";
import { Writable } from "node:stream";
import { test } from "node:test";
import { HelperStream } from "../../../src/overlay/helperStream.ts";

interface Sink {
  readonly stream: Writable;
  readonly received: Buffer[];
  /** Lets the writes so far end, well or badly. */
  readonly release: (error?: Error) => void;
}

function slowSink(): Sink {
  const received: Buffer[] = [];
  let pending: ((error?: Error) => void) | undefined;
  const stream = new Writable({
    writev: (chunks, done) => {
      received.push(Buffer.concat(chunks.map(({ chunk }) => chunk as Buffer)));
      pending = done;
    },
  });
  stream.on("error", () => undefined);
  return { stream, received, release: (error) => pending?.(error) };
}

test("HelperStream keeps the order of small and large pieces and sends them together", () => {
  const { stream, received } = slowSink();
  const helper = new HelperStream(stream);
  const parts: string[] = [];
  for (let n = 0; n < 50; n += 1) {
    parts.push(`record ${n}\0`, "x".repeat(n * 300), "\xe9".repeat(n));
    helper.text(parts.at(-3) ?? "");
    helper.bytes(Buffer.from(parts.at(-2) ?? ""));
    helper.text(parts.at(-1) ?? "");
    assert.equal(helper.pressure(), undefined);
    if (n < 30) assert.equal(received.length, 0);
  }
  helper.end();
  assert.equal(received[0]?.toString("latin1"), parts.join("").slice(0, received[0]?.length));
  assert.ok((received[0]?.length ?? 0) >= 256 * 1024);
});

test("HelperStream takes text that is larger than its buffer", () => {
  const { stream, received } = slowSink();
  const helper = new HelperStream(stream);
  helper.text("a");
  helper.text("b".repeat(600_000));
  helper.text("c");
  helper.end();
  assert.equal(received[0]?.toString(), `a${"b".repeat(600_000)}c`);
});

for (const [ending, error] of [
  ["when the helper has read on", undefined],
  ["when the helper is gone", new Error("EPIPE")],
] as const) {
  test(`HelperStream holds the writer back, and lets go ${ending}`, async () => {
    const { stream, release } = slowSink();
    const helper = new HelperStream(stream);
    helper.bytes(Buffer.alloc(2 << 20));
    const pressure = helper.pressure();
    assert.ok(pressure instanceof Promise);
    release(error);
    await pressure;
  });
}
