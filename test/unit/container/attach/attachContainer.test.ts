import assert from "node:assert/strict";
import { once } from "node:events";
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { type AttachRequest, attachContainer } from "../../../../src/container/attach/attachContainer.ts";
import { DetachScanner } from "../../../../src/container/attach/detachScanner.ts";
import { encodeInput, FrameReader } from "../../../../src/container/attach/frames.ts";

const frame = (type: number, text: string | Uint8Array) => {
  const header = Buffer.alloc(8);
  header[0] = type;
  header.writeUInt32BE(Buffer.byteLength(text), 4);
  return Buffer.concat([header, Buffer.from(text)]);
};

test("FrameReader takes frames apart wherever they are cut", () => {
  const bytes = Buffer.concat([frame(1, "one"), frame(2, ""), frame(2, "two"), frame(1, "three")]);
  for (let size = 1; size <= bytes.length; size += 1) {
    const reader = new FrameReader();
    const seen: Record<number, string> = { 1: "", 2: "" };
    for (let at = 0; at < bytes.length; at += size) {
      for (const part of reader.read(bytes.subarray(at, at + size)))
        seen[part.type] = `${seen[part.type]}${Buffer.from(part.bytes)}`;
    }
    assert.deepEqual(seen, { 1: "onethree", 2: "two" }, `pieces of ${size}`);
  }
});

test("FrameReader keeps nothing of a frame that claims four gigabytes", () => {
  const reader = new FrameReader();
  assert.deepEqual([...reader.read(Buffer.from([1, 0, 0, 0, 255, 255, 255, 255]))], []);
  const chunk = Buffer.alloc(1000, 7);
  assert.equal([...reader.read(chunk)][0]?.bytes.buffer, chunk.buffer);
});

test("encodeInput() makes frames of a size that the monitor takes; nothing is the end", () => {
  assert.deepEqual([...encodeInput(new Uint8Array(0))], [0, 0, 0, 0, 0, 0, 0, 0]);
  const sizes: number[] = [];
  for (
    let bytes = encodeInput(new Uint8Array(10_000));
    bytes.length > 0;
    bytes = bytes.subarray(8 + (sizes.at(-1) ?? 0))
  )
    sizes.push(bytes.readUInt32BE(4));
  assert.deepEqual(sizes, [4096, 4096, 1808]);
});

/** What the payload gets of keys typed one by one, and after how many the caller is detached. */
function type(keys: string, typed: string) {
  const scanner = new DetachScanner(keys);
  let passed = "";
  for (const [index, key] of [...typed].entries()) {
    const { bytes, detached } = scanner.scan(Buffer.from(key, "latin1"));
    passed += Buffer.from(bytes).toString("latin1");
    if (detached) return { passed, after: index + 1 };
  }
  return { passed, after: undefined };
}

test("the detach keys never reach the payload, and what only looked like them does", () => {
  assert.deepEqual(type("\x10\x11", "ab\x10\x11cd"), { passed: "ab", after: 4 });
  assert.deepEqual(type("\x10\x11", "\x10x\x10\x10\x11"), { passed: "\x10x\x10", after: 5 });
  assert.deepEqual(type("aab", "aaab"), { passed: "a", after: 4 });
  assert.deepEqual(type("abac", "ababac"), { passed: "ab", after: 6 });
  assert.deepEqual(type("ab", "axb"), { passed: "axb", after: undefined });
  assert.deepEqual(type("", "\x10\x11"), { passed: "\x10\x11", after: undefined });
  const whole = new DetachScanner("\x10\x11").scan(Buffer.from("x\x10\x11y"));
  assert.deepEqual([Buffer.from(whole.bytes).toString(), whole.detached], ["x", true]);
});

let runRoot = "";
let server: Server | undefined;

beforeEach(() => {
  runRoot = mkdtempSync(join(tmpdir(), "brig-attach-"));
});

afterEach(() => {
  server?.close();
  rmSync(runRoot, { recursive: true, force: true });
});

/** A monitor that a test plays; the run-time root is deep, as one may be. */
async function listen(onConnect: (socket: Socket) => void): Promise<string> {
  const deep = join(runRoot, "deep".repeat(30));
  mkdirSync(join(deep, "containers", "c"), { recursive: true });
  const fd = openSync(join(deep, "containers", "c"), "r");
  server = createServer(onConnect).listen(`/proc/self/fd/${fd}/monitor.sock`);
  await once(server, "listening");
  closeSync(fd);
  return deep;
}

function request(root: string, change: Partial<AttachRequest> & { readonly stdin?: number } = {}) {
  const said = { out: "", err: "" };
  const sink = (name: "out" | "err") => ({
    pour: async (bytes: Uint8Array) => {
      said[name] += Buffer.from(bytes).toString();
    },
  });
  const { stdin, ...rest } = change;
  const streams = { stdout: sink("out"), stderr: sink("err"), tty: false, size: () => ({ rows: 5, columns: 7 }) };
  const attach: AttachRequest = {
    runRoot: root,
    id: "c",
    streams: { ...streams, ...(stdin === undefined ? {} : { stdin }), ...rest.streams },
    terminal: false,
    detachKeys: "",
    sigProxy: true,
    endsInput: true,
    ...Object.fromEntries(Object.entries(rest).filter(([name]) => name !== "streams")),
  };
  return { attach, said };
}

test("attachContainer() asks for the output, splits it, and ends when the monitor closes", async () => {
  let asked = "";
  const root = await listen((socket) => {
    socket.on("data", (bytes) => {
      asked += bytes.subarray(8).toString();
      socket.end(Buffer.concat([frame(1, "out"), frame(2, "err"), frame(3, "unknown"), frame(1, "put")]));
    });
  });
  const { attach, said } = request(root);
  assert.deepEqual(await attachContainer(attach), { kind: "closed" });
  assert.deepEqual(said, { out: "output", err: "err" });
  assert.equal(asked, "attach\0output=1\0\0");
});

test("attachContainer() sends all of stdin and then its end, and goes on until the container ends", async () => {
  const root = await listen((socket) => {
    const frames = new FrameReader();
    let [input, ended] = ["", false];
    socket.on("data", (bytes) => {
      for (let at = 0; at < bytes.length; at += 8 + bytes.readUInt32BE(at + 4))
        if (bytes[at] === 0 && bytes.readUInt32BE(at + 4) === 0) ended = true;
      for (const part of frames.read(bytes)) if (part.type === 0) input += Buffer.from(part.bytes);
      if (ended) socket.end(frame(1, input.toUpperCase()));
    });
  });
  const path = join(runRoot, "stdin");
  writeFileSync(path, "typed");
  const stdin = openSync(path, "r");
  const { attach, said } = request(root, { stdin });
  assert.deepEqual(await attachContainer(attach), { kind: "closed" });
  assert.equal(said.out, "TYPED");
});

test("attachContainer() passes signals on by number, or ends when it may not", async () => {
  const root = await listen((socket) => {
    socket.on("data", (bytes) => {
      if (bytes.includes("signal\0number=2\0")) socket.end();
    });
  });
  async function* signals(): AsyncGenerator<NodeJS.Signals> {
    yield "SIGWINCH";
    yield "SIGINT";
  }
  const streams = { signals: signals() } as unknown as AttachRequest["streams"];
  assert.deepEqual(await attachContainer(request(root, { streams }).attach), { kind: "closed" });
  const kept = { signals: signals() } as unknown as AttachRequest["streams"];
  assert.deepEqual(await attachContainer(request(root, { streams: kept, sigProxy: false }).attach), {
    kind: "interrupted",
    signal: "SIGINT",
  });
});

test("attachContainer() ends with its signal, and tells when there is no monitor", async () => {
  const root = await listen(() => undefined);
  const abort = new AbortController();
  const streams = { signal: abort.signal } as unknown as AttachRequest["streams"];
  const attached = attachContainer(request(root, { streams }).attach);
  abort.abort();
  assert.deepEqual(await attached, { kind: "interrupted" });
  await assert.rejects(attachContainer(request(join(runRoot, "nowhere")).attach), /its monitor is gone/);
});
