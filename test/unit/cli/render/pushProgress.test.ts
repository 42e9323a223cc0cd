import assert from "node:assert/strict";
import { test } from "node:test";
import { showPush } from "../../../../src/cli/render/pushProgress.ts";
import type { PushEvent, PushPhase } from "../../../../src/image/index.ts";
import type { Digest } from "../../../../src/oci/index.ts";
import { fakeSink } from "../fakeContext.ts";

const digest = (digit: string): Digest => `sha256:${digit.repeat(64)}` as Digest;
const layer = (digit: string, phase: PushPhase, rest: { current?: number; from?: string } = {}): PushEvent => ({
  kind: "layer",
  digest: digest(digit),
  phase,
  current: 0,
  total: 2_000_000,
  ...rest,
});

const events: readonly PushEvent[] = [
  { kind: "started", repository: "localhost:5000/app" },
  layer("a", "preparing"),
  layer("b", "preparing"),
  layer("c", "preparing"),
  layer("a", "pushing", { current: 1_000_000 }),
  layer("a", "pushing", { current: 2_000_000 }),
  layer("a", "pushed"),
  layer("b", "exists"),
  layer("c", "mounted", { from: "library/x" }),
  { kind: "notice", message: "only a\x1bpart" },
  { kind: "done", reference: "localhost:5000/app:1", tag: "1", digest: digest("d"), size: 528 },
];

test("without a terminal a push is told as Docker tells it, a line for each change", () => {
  const sink = fakeSink(1);
  const progress = showPush(sink, () => new Date(0));
  for (const event of events) progress.show(event);
  assert.deepEqual(sink.text.split("\n"), [
    "The push refers to repository [localhost:5000/app]",
    "aaaaaaaaaaaa: Preparing",
    "bbbbbbbbbbbb: Preparing",
    "cccccccccccc: Preparing",
    "aaaaaaaaaaaa: Pushing",
    "aaaaaaaaaaaa: Pushed",
    "bbbbbbbbbbbb: Layer already exists",
    "cccccccccccc: Mounted from library/x",
    "only a\\x1bpart",
    `1: digest: ${digest("d")} size: 528`,
    "",
  ]);
});

test("on a terminal the bytes of a layer are shown as they go", () => {
  const sink = fakeSink(1, { isTty: true });
  const progress = showPush(sink, () => new Date(0));
  for (const event of events.slice(0, 5)) progress.show(event);
  assert.match(sink.text, /aaaaaaaaaaaa: Pushing \[=+> *\] {2}1MB\/2MB/);
});
