import assert from "node:assert/strict";
import { lstatSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { type TestContext } from "node:test";
import { EngineError } from "../../../../src/base/index.ts";
import {
  choosePorts,
  type PortChoice,
  readEphemeralRange,
  releasePorts,
} from "../../../../src/network/ports/choosePorts.ts";
import { parsePublish } from "../../../../src/network/ports/parsePorts.ts";

/** Ports that nothing on a test machine listens on: below those that the kernel gives to clients. */
function place(t: TestContext): {
  choose: (id: string, specs: readonly string[], more?: Partial<PortChoice>) => readonly string[];
  runRoot: string;
  live: Set<string>;
} {
  const runRoot = mkdtempSync(join(tmpdir(), "brig-ports-"));
  t.after(() => rmSync(runRoot, { recursive: true }));
  const live = new Set<string>();
  return {
    runRoot,
    live,
    choose: (id, specs, more = {}) =>
      choosePorts({
        runRoot,
        containerId: id,
        requests: specs.flatMap(parsePublish),
        families: new Set([4]),
        isHeld: (holder) => live.has(holder),
        nameOf: (holder) => `name-of-${holder}`,
        ...more,
      }).map(({ hostIp, hostPort, containerPort }) => `${hostIp} ${hostPort} ${containerPort}`),
  };
}

function failureOf(action: () => unknown): EngineError {
  try {
    action();
  } catch (error) {
    if (error instanceof EngineError) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}

test("choosePorts() takes the port that was asked for in each family of the container", (t) => {
  const { choose } = place(t);
  assert.deepEqual(choose("a", ["23456:80"]), ["0.0.0.0 23456 80"]);
  const families = new Set([4, 6] as const);
  assert.deepEqual(choose("b", ["23457:80"], { families }), ["0.0.0.0 23457 80", ":: 23457 80"]);
});

test("choosePorts() asks the disk for one link, however many ports there are", (t) => {
  const { choose, runRoot } = place(t);
  assert.equal(choose("a", ["23456-23460:80-84"]).length, 5);
  const inodes = readdirSync(join(runRoot, "ports")).map((name) => lstatSync(join(runRoot, "ports", name)).ino);
  assert.deepEqual([inodes.length, new Set(inodes).size], [5, 1]);
});

test("choosePorts() refuses what a container has, by Docker's sentence, and says whose it is", (t) => {
  const { choose, live, runRoot } = place(t);
  live.add("a");
  choose("a", ["23456:80"]);
  const before = readdirSync(join(runRoot, "ports"));
  for (const spec of ["23456:81", "127.0.0.1:23456:81"]) {
    const error = failureOf(() => choose("b", ["23458:82", spec]));
    assert.equal(error.code, "portInUse");
    const where = spec.startsWith("127") ? "127.0.0.1" : "0.0.0.0";
    assert.equal(error.message, `Bind for ${where}:23456 failed: port is already allocated`);
    assert.match(error.hint ?? "", /"name-of-a"/);
  }
  assert.deepEqual(readdirSync(join(runRoot, "ports")), before, "nothing stays of what was refused");
  choose("b", ["127.0.0.1:23459:80"]);
  live.add("b");
  assert.match(failureOf(() => choose("c", ["23459:80"])).message, /^Bind for 0\.0\.0\.0:23459 failed/);
  assert.deepEqual(choose("c", ["23459:80/udp"]), ["0.0.0.0 23459 80"], "another protocol is another port");
});

test("choosePorts() takes over what an ended container had, and what is its own already", (t) => {
  const { choose, live } = place(t);
  choose("a", ["23456:80"]);
  assert.deepEqual(choose("b", ["23456:80"]), ["0.0.0.0 23456 80"]);
  live.add("b");
  assert.deepEqual(choose("b", ["23456:80"]), ["0.0.0.0 23456 80"]);
  assert.equal(failureOf(() => choose("a", ["23456:80"])).code, "portInUse");
});

test("choosePorts() takes the first free port of a range, and any for none, the same in both families", (t) => {
  const { choose, live } = place(t);
  live.add("a");
  choose("a", ["23450:80"]);
  assert.deepEqual(choose("b", ["23450-23452:80"]), ["0.0.0.0 23451 80"]);
  const range = readEphemeralRange();
  const [four = "", six = ""] = choose("c", ["80"], { families: new Set([4, 6] as const) });
  const port = Number(four.split(" ")[1]);
  assert.equal(six, `:: ${port} 80`);
  assert.ok(port >= range.first && port <= range.last);
  live.add("b");
  assert.match(failureOf(() => choose("d", ["23450-23451:80"])).message, /all ports are allocated/);
});

test("choosePorts() refuses the same port twice in one request", (t) => {
  const { choose } = place(t);
  assert.match(failureOf(() => choose("a", ["23456:80", "127.0.0.1:23456:81"])).message, /already allocated/);
});

test("choosePorts() refuses addresses that the host or the container does not have", (t) => {
  const { choose } = place(t);
  assert.equal(
    failureOf(() => choose("a", ["203.0.113.77:23456:80"])).message,
    "failed to bind host port for 203.0.113.77: cannot assign requested address",
  );
  assert.match(failureOf(() => choose("a", ["[::1]:23456:80"])).message, /the container has no IPv6 address/);
});

test("releasePorts() gives back one's own and nothing else", (t) => {
  const { choose, runRoot, live } = place(t);
  choose("a", ["23456:80"]);
  live.add("a");
  const port = { hostIp: "0.0.0.0", hostPort: 23456, containerPort: 80, protocol: "tcp" } as const;
  releasePorts({ runRoot, containerId: "b" }, [port]);
  assert.equal(failureOf(() => choose("b", ["23456:80"])).code, "portInUse");
  releasePorts({ runRoot, containerId: "a" }, [port]);
  assert.deepEqual(choose("b", ["23456:80"]), ["0.0.0.0 23456 80"]);
});
