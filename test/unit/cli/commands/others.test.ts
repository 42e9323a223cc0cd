import assert from "node:assert/strict";
import { test } from "node:test";
import { EngineError } from "../../../../src/base/index.ts";
import { parseListen } from "../../../../src/cli/commands/registryServe.ts";
import type { PullRequest } from "../../../../src/engine.ts";
import type { PullEvent } from "../../../../src/image/index.ts";
import type { Digest } from "../../../../src/oci/index.ts";
import { brig } from "../fakeContext.ts";

const digest = `sha256:${"d".repeat(64)}` as Digest;
const pulled = (reference: string): PullEvent[] => [
  { kind: "resolved", reference, digest, platform: { os: "linux", architecture: "amd64" } },
  { kind: "layer", digest, phase: "done", current: 1, total: 1 },
  { kind: "done", reference, digest, upToDate: false },
];

function pullEngine(requests: PullRequest[]) {
  return {
    pull: async function* (request: PullRequest) {
      requests.push(request);
      yield* pulled("docker.io/library/alpine:latest");
    },
  };
}

test("pull prints Docker's lines and the canonical name last", async () => {
  const requests: PullRequest[] = [];
  const { out, err } = await brig(["pull", "--platform", "arm64", "alpine"], { engine: pullEngine(requests) });
  assert.equal(
    out,
    [
      "Using default tag: latest",
      "latest: Pulling from library/alpine",
      "dddddddddddd: Pull complete",
      `Digest: ${digest}`,
      "Status: Downloaded newer image for alpine:latest",
      "docker.io/library/alpine:latest",
      "",
    ].join("\n"),
  );
  assert.equal(err, "");
  assert.deepEqual(requests[0]?.platform, { os: "linux", architecture: "arm64" });
});

test("pull -q prints the name alone, -a no tag", async () => {
  assert.equal(
    (await brig(["pull", "-q", "alpine"], { engine: pullEngine([]) })).out,
    "docker.io/library/alpine:latest\n",
  );
  const all = await brig(["image", "pull", "-q", "-a", "quay.io/x/y"], { engine: pullEngine([]) });
  assert.equal(all.out, "quay.io/x/y\n");
});

test("pull refuses a malformed name before the engine is opened", async () => {
  const { err, status, settings } = await brig(["pull", "UPPER CASE"]);
  assert.match(err, /^brig: /);
  assert.equal(status, 1);
  assert.equal(settings, undefined);
});

test("run shows the pull that it needs on stderr, unless it is to be quiet", async () => {
  const watch = async (flags: readonly string[]) => {
    const run = async (_options: unknown, _streams: unknown, observer?: { onPull?: (event: PullEvent) => void }) => {
      for (const event of pulled("docker.io/library/alpine:latest")) observer?.onPull?.(event);
      return { exitCode: 0 } as never;
    };
    return brig(["run", ...flags, "alpine"], { engine: { run } as never });
  };
  const { out, err } = await watch([]);
  assert.equal(out, "");
  assert.ok(err.startsWith("Unable to find image 'alpine:latest' locally\nlatest: Pulling from library/alpine\n"));
  assert.ok(err.endsWith("Status: Downloaded newer image for alpine:latest\n"));
  assert.doesNotMatch((await watch(["--pull", "always"])).err, /Unable to find/);
  assert.equal((await watch(["-q"])).err, "");
});

test("rm echoes its arguments, and -f forgives missing ones", async () => {
  const removeContainer = async (name: string) => {
    if (name === "gone") throw new EngineError("containerNotFound", "No such container: gone");
    return "c".repeat(64);
  };
  const plain = await brig(["rm", "web", "gone"], { engine: { removeContainer } });
  assert.deepEqual([plain.out, plain.err, plain.status], ["web\n", "brig: No such container: gone\n", 1]);
  const forced = await brig(["rm", "-fv", "gone"], { engine: { removeContainer } });
  assert.deepEqual([forced.out, forced.err, forced.status], ["", "brig: No such container: gone\n", 0]);
});

test("doctor ends with 1 when something fails", async () => {
  const checks = [
    { id: "a", title: "kernel", status: "ok", found: "6.18", advice: "" },
    { id: "b", title: "cgroup v2", status: "fail", found: "missing", advice: "mount it" },
  ] as const;
  const { out, status } = await brig(["doctor"], { engine: { doctor: async () => checks } });
  assert.equal(out, "ok    kernel     6.18\nFAIL  cgroup v2  missing\n      mount it\n");
  assert.equal(status, 1);
  const json = await brig(["doctor", "--format", "json"], { engine: { doctor: async () => checks.slice(0, 1) } });
  assert.deepEqual(JSON.parse(json.out), checks[0]);
  assert.equal(json.status, 0);
});

test("plan run prints a table, JSON or config.json and writes a bundle", async () => {
  const plan = {
    version: 1,
    steps: [{ id: "m", phase: "host", op: "mount", fields: { at: "/\x1b" }, why: "it must" }],
    notices: [],
  } as const;
  const written: string[] = [];
  const planned = {
    id: "c".repeat(64),
    plan,
    bundleSpec: { ociVersion: "1.0.2" },
    notices: ["no network"],
    writeBundle: async (directory: string) => void written.push(directory),
  };
  const engine = { plan: async () => planned as never };
  const table = await brig(["plan", "run", "--rm", "img", "--format", "sh"], { engine });
  assert.match(table.out, /^stage host.*\n {3}1 {2}m +mount at=\/\\u001b +it must\n$/);
  assert.equal(table.err, "WARNING: no network\n");
  assert.deepEqual(JSON.parse((await brig(["plan", "run", "--format", "json", "img"], { engine })).out), plan);
  assert.equal((await brig(["plan", "run", "--oci", "img"], { engine })).out, '{\n    "ociVersion": "1.0.2"\n}\n');
  assert.equal((await brig(["plan", "run", "--bundle", "b", "img"], { engine })).out, "");
  assert.deepEqual(written, ["/home/user/b"]);
  assert.equal((await brig(["plan", "run", "--format", "xml", "img"], { engine })).status, 125);
});

test("plan run --diff compares what was said before it with everything", async () => {
  const asked: unknown[] = [];
  const difference = {
    changes: [{ change: "added", step: { id: "m", phase: "host", op: "mount", fields: {}, why: "it must" } }],
    same: 3,
    notices: ["none"],
  } as const;
  const engine = {
    diffPlans: async (request: unknown) => {
      asked.push(request);
      return difference;
    },
  };
  const flags = ["--cap-add", "kill", "-e", "A=1", "--diff", "--cap-add", "chown", "-e", "B=2", "img", "sh"];
  const { out, err } = await brig(["plan", "run", ...flags], { engine });
  assert.match(out, /^stage host.*\n {3}\+ {2}m +mount +it must\n1 step added, 0 removed, 0 changed, 3 the same\n$/);
  assert.equal(err, "WARNING: none\n");
  const common = { image: "img", command: ["sh"] };
  const before = { ...common, capAdd: ["kill"], env: ["A=1"] };
  assert.deepEqual(asked, [
    {
      before,
      after: { ...before, capAdd: ["kill", "chown"], env: [...before.env, "B=2"] },
    },
  ]);
  const { changes, same } = difference;
  const json = await brig(["plan", "run", "--format", "json", "--diff", "img"], { engine });
  assert.deepEqual(JSON.parse(json.out), { changes, same });
  assert.equal((await brig(["plan", "run", "--diff", "--oci", "img"], { engine })).status, 125);
});

test("plan run --compare shows the purposes of the calls of both, and takes no other view", async () => {
  const asked: unknown[] = [];
  const calls = (...names: readonly string[]) => new Map(names.map((name, index) => [name, index + 1]));
  const engine = {
    compareRunc: async (request: { readonly options: unknown }) => {
      asked.push(request.options);
      return {
        rows: [
          { phase: "mounts", purpose: "mount /\x1b[1m", runc: calls("mount"), brig: calls("fsopen", "fsconfig") },
          { phase: "privileges", purpose: "ambient set", runc: calls("prctl"), brig: calls() },
        ],
        runc: { relevant: 2, total: 9 },
        brig: { relevant: 3, total: 5 },
      } as const;
    },
  };
  const table = await brig(["plan", "run", "--compare", "runc", "--userns", "host", "img", "sh"], { engine });
  assert.match(table.out, /^mounts +mount \/\\x1b\[1m +mount +fsopen, fsconfig x2\n/m);
  assert.match(
    table.out,
    /^privileges +ambient set +prctl +-\n1 purposes of both, 1 of runc alone, 0 of brig alone\n/m,
  );
  assert.match(table.out, /^all system calls up to the command: runc 9, brig's helper 5\n$/m);
  assert.deepEqual(asked, [{ image: "img", command: ["sh"], userns: "host" }]);
  const json = await brig(["plan", "run", "--compare", "runc", "--format", "json", "img"], { engine });
  const { purposes, runc } = JSON.parse(json.out) as { purposes: readonly unknown[]; runc: unknown };
  assert.deepEqual(purposes[1], {
    phase: "privileges",
    purpose: "ambient set",
    who: "runc",
    runc: { prctl: 1 },
    brig: {},
  });
  assert.deepEqual(runc, { relevant: 2, total: 9 });
  for (const other of [["--diff"], ["--oci"], ["--bundle", "b"]])
    assert.equal((await brig(["plan", "run", "--compare", "runc", ...other, "img"], { engine })).status, 125);
  assert.equal((await brig(["plan", "run", "--compare", "crun", "img"], { engine })).status, 125);
});

test("registry serve says where and stays until it is interrupted", async () => {
  const interruption = new AbortController();
  let closed = 0;
  const serveRegistry = async (listen: { readonly host: string; readonly port: number }) => {
    setImmediate(() => interruption.abort(new Error("enough")));
    return {
      ...listen,
      url: `http://${listen.host}:${listen.port}`,
      close: async () => {
        closed += 1;
      },
    };
  };
  const ran = await brig(["registry", "serve", "--listen", ":0"], {
    engine: { serveRegistry },
    signal: interruption.signal,
  });
  assert.deepEqual([ran.out, ran.status, closed], ["serving images on http://127.0.0.1:0\n", 0, 1]);
});

test("registry serve takes pushes only with passwords or when it is told to", async () => {
  const allowed = async (...flags: readonly string[]): Promise<unknown> => {
    const interruption = new AbortController();
    let allow: unknown;
    const serveRegistry = async (request: { readonly allow: string }) => {
      allow = request.allow;
      setImmediate(() => interruption.abort(new Error("enough")));
      return { host: "", port: 0, url: "", close: async () => undefined };
    };
    const ran = await brig(["registry", "serve", ...flags], { engine: { serveRegistry }, signal: interruption.signal });
    return ran.status === 0 ? allow : ran.status;
  };
  assert.equal(await allowed(), "pull");
  assert.equal(await allowed("--htpasswd", "f"), "push");
  assert.equal(await allowed("--allow-push"), "push");
  assert.equal(await allowed("--allow-delete"), "delete");
  assert.equal(await allowed("--htpasswd", "f", "--read-only"), "pull");
  assert.equal(await allowed("--allow-push", "--read-only"), 125);
});

test("parseListen() reads hosts, IPv6 in brackets and ports alone", () => {
  assert.deepEqual(parseListen("localhost:5000"), { host: "localhost", port: 5000 });
  assert.deepEqual(parseListen("[::1]:80"), { host: "::1", port: 80 });
  assert.deepEqual(parseListen(":0"), { host: "127.0.0.1", port: 0 });
  for (const bad of ["", "5000", "host", "host:", "::1:80", "host:65536", "host:-1", "a b:1", "host:5000/x"]) {
    assert.throws(() => parseListen(bad), { code: "invalidValue" });
  }
});
