import assert from "node:assert/strict";
import { test } from "node:test";
import { showPull } from "../../../../src/cli/render/pullProgress.ts";
import type { LayerPhase, PullEvent } from "../../../../src/image/index.ts";
import type { Digest } from "../../../../src/oci/index.ts";
import { fakeSink } from "../fakeContext.ts";

const digest = (digit: string): Digest => `sha256:${digit.repeat(64)}` as Digest;

function layer(digit: string, phase: LayerPhase, current = 0, total = 0): PullEvent {
  return { kind: "layer", digest: digest(digit), phase, current, total };
}

const done: PullEvent = {
  kind: "done",
  reference: "docker.io/library/alpine:3.20",
  digest: digest("d"),
  upToDate: false,
};
const resolved: PullEvent = {
  kind: "resolved",
  reference: "docker.io/library/alpine:3.20",
  digest: digest("d"),
  platform: { os: "linux", architecture: "amd64" },
};

/** A clock that is a second later each time it is read. */
function everySecond(): () => Date {
  let seconds = 0;
  return () => {
    seconds += 1;
    return new Date(seconds * 1000);
  };
}

/** A terminal that knows line feeds, cursor up, carriage return and erase line, and wraps. */
class Screen {
  readonly lines: string[] = [""];
  readonly #columns: number;
  #row = 0;
  #column = 0;

  constructor(columns: number) {
    this.#columns = columns;
  }

  feed(text: string): void {
    for (const [piece, up] of text.matchAll(/\x1b\[(\d+)A|\x1b\[2K|[\s\S]/g)) {
      if (up !== undefined) this.#row = Math.max(0, this.#row - Number(up));
      else if (piece === "\x1b[2K") this.lines[this.#row] = "";
      else if (piece === "\r") this.#column = 0;
      else if (piece === "\n") this.#down();
      else this.#put(piece);
    }
  }

  #put(character: string): void {
    if (this.#column === this.#columns) this.#down();
    const line = (this.lines[this.#row] ?? "").padEnd(this.#column);
    this.lines[this.#row] = line.slice(0, this.#column) + character + line.slice(this.#column + 1);
    this.#column += 1;
  }

  #down(): void {
    this.#row += 1;
    this.#column = 0;
    if (this.lines.length === this.#row) this.lines.push("");
  }
}

function play(events: readonly PullEvent[], size: { columns: number; rows?: number }): readonly string[] {
  const sink = fakeSink(1, { isTty: true, ...size });
  const progress = showPull(sink, everySecond());
  for (const event of events) progress.show(event);
  const screen = new Screen(size.columns);
  screen.feed(sink.text);
  return screen.lines;
}

test("without a terminal each change of phase is one line, and there are no escapes", () => {
  const sink = fakeSink(1);
  const progress = showPull(sink, () => new Date(0));
  const events = [
    resolved,
    layer("a", "downloading", 1, 9),
    layer("a", "downloading", 5, 9),
    layer("b", "exists"),
    layer("a", "done"),
    done,
  ];
  for (const event of events) progress.show(event);
  assert.equal(
    sink.text,
    [
      "3.20: Pulling from library/alpine",
      "aaaaaaaaaaaa: Downloading",
      "bbbbbbbbbbbb: Already exists",
      "aaaaaaaaaaaa: Pull complete",
      `Digest: sha256:${"d".repeat(64)}`,
      "Status: Downloaded newer image for alpine:3.20",
      "",
    ].join("\n"),
  );
});

test("an image that is here already is up to date", () => {
  const sink = fakeSink(1);
  const progress = showPull(sink, () => new Date(0));
  progress.show({ ...resolved, reference: "localhost:5000/a/b:1" } as PullEvent);
  progress.show({ ...done, reference: "localhost:5000/a/b:1", upToDate: true } as PullEvent);
  assert.match(sink.text, /^1: Pulling from a\/b\n/);
  assert.match(sink.text, /\nStatus: Image is up to date for localhost:5000\/a\/b:1\n$/);
});

test("on a terminal every layer keeps its line", () => {
  const screen = play(
    [
      resolved,
      layer("a", "downloading", 500, 1000),
      layer("b", "waiting"),
      layer("a", "done"),
      layer("b", "extracting", 750, 1000),
      done,
    ],
    { columns: 80 },
  );
  assert.deepEqual(
    [0, 1, 3, 4].map((row) => screen[row]),
    [
      "3.20: Pulling from library/alpine",
      "aaaaaaaaaaaa: Pull complete",
      `Digest: sha256:${"d".repeat(64)}`,
      "Status: Downloaded newer image for alpine:3.20",
    ],
  );
  assert.match(screen[2] ?? "", /^bbbbbbbbbbbb: Extracting \[=+> *\] {2}750B\/1kB$/);
});

test("no line is as wide as the terminal, however narrow it is", () => {
  for (const columns of [10, 20, 40, 60, 200]) {
    const screen = play([layer("a", "downloading", 123_456_789, 987_654_321), layer("b", "waiting")], { columns });
    assert.ok(
      screen.every((line) => line.length < columns),
      `at ${columns} columns`,
    );
    assert.equal(screen.length, 3);
  }
});

test("more layers than lines show the unfinished ones", () => {
  const many = [..."0123456789"].map((digit) => layer(digit, digit < "8" ? "done" : "downloading", 1, 2));
  const screen = play([...many, ...many], { columns: 80, rows: 5 });
  assert.match(screen[0] ?? "", /^888888888888: Downloading/);
  assert.match(screen[1] ?? "", /^999999999999: Downloading/);
});

test("bytes are redrawn a few times a second, phases at once", () => {
  const sink = fakeSink(1, { isTty: true });
  const progress = showPull(sink, () => new Date(0));
  progress.show(layer("a", "downloading", 1, 100));
  const first = sink.text;
  progress.show(layer("a", "downloading", 2, 100));
  assert.equal(sink.text, first);
  progress.show(layer("a", "done"));
  assert.notEqual(sink.text, first);
});

test("a terminal that became narrower gets a fresh block", () => {
  let columns = 100;
  const sink = { ...fakeSink(1, { isTty: true }), columns: () => columns };
  const progress = showPull(sink, everySecond());
  progress.show(layer("a", "downloading", 1, 100));
  columns = 30;
  sink.text = "";
  progress.show(layer("a", "downloading", 2, 100));
  assert.doesNotMatch(sink.text, /\x1b\[\d+A/);
});

test("what a registry says cannot drive the terminal", () => {
  const sink = fakeSink(1, { isTty: true });
  showPull(sink, () => new Date(0)).show({ kind: "notice", message: "hi\x1b]0;x\x07\nthere" });
  assert.equal(sink.text, "hi\\x1b]0;x\\x07\\nthere\n");
});
