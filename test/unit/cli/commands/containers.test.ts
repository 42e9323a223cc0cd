import assert from "node:assert/strict";
import { test } from "node:test";
import { EngineError } from "../../../../src/base/index.ts";
import type { ContainerDetails, CreatedContainer, ListRequest } from "../../../../src/container/index.ts";
import { compareGolden } from "../../../support/golden.ts";
import { brig } from "../fakeContext.ts";

const id = (digit: string) => digit.repeat(64) as CreatedContainer["id"];

const container: CreatedContainer = {
  id: id("c"),
  name: "web",
  image: "nginx:1",
  command: ["nginx", "-g", "daemon off; \x1b[31m"],
  created: "2026-03-01T11:58:00Z",
  startedAt: "2026-03-01T11:59:00.5Z",
  status: "running",
  labels: new Map([["a", "b"]]),
  imageId: "sha256:1",
  mounts: ["/srv/a/long/directory", "data"],
  localVolumes: 1,
  restarts: 0,
  networks: ["none"],
  ports: [],
  exposedPorts: [],
  size: { writtenBytes: 1234, rootBytes: 5_678_901 },
};
const ended = { ...container, labels: new Map(), mounts: [], finishedAt: "2026-03-01T11:59:58Z" };
const containers: readonly CreatedContainer[] = [
  container,
  { ...container, id: id("1"), name: "frozen", status: "paused", command: ["sh"] },
  { ...container, id: id("2"), name: "well", health: "healthy", command: ["sh"] },
  { ...container, id: id("3"), name: "young", health: "starting", command: ["sh"] },
  { ...ended, id: id("4"), name: "again", status: "restarting", exitCode: 1, command: ["sh"] },
  {
    ...ended,
    id: id("d"),
    name: "old",
    status: "exited",
    exitCode: 137,
    why: "killed by the kernel: memory limit 64 MiB reached, peak 64 MiB, 1 kill",
    command: ["sh"],
  },
  { ...ended, id: id("5"), name: "new", status: "created", command: ["sh"] },
  { ...ended, id: id("6"), name: "lost", status: "dead", command: ["sh"] },
];

function listing(asked: ListRequest[] = []) {
  return {
    containers: async (request: ListRequest) => {
      asked.push(request);
      return containers;
    },
  };
}

test("ps prints Docker's columns and words", async () => {
  const engine = listing();
  const golden = async (name: string, ...flags: string[]) =>
    compareGolden(`cli/${name}.txt`, (await brig(["ps", ...flags], { engine })).out);
  await golden("ps", "-a");
  await golden("ps-no-trunc", "--no-trunc");
  await golden("ps-size", "-s");
  await golden("ps-json", "--format", "json");
  await golden("ps-template", "--format", "table {{.Names}}\\t{{.Mounts}}\\t{{.LocalVolumes}}\\t{{.Why}}");
});

test("ps -q prints ids, whole ones with --no-trunc, and says that it ignores a format", async () => {
  const engine = listing();
  const short = await brig(["ps", "-q"], { engine });
  assert.ok(short.out.startsWith("cccccccccccc\n111111111111\n"));
  assert.ok((await brig(["container", "ls", "-q", "--no-trunc"], { engine })).out.startsWith(`${id("c")}\n`));
  const both = await brig(["ps", "-q", "--format", "{{.Names}}"], { engine });
  assert.equal(both.out, short.out);
  assert.equal(both.err, "WARNING: Ignoring custom format, because both --format and --quiet are set.\n");
});

test("ps hands its filters and limits to the engine", async () => {
  const asked: ListRequest[] = [];
  const engine = listing(asked);
  await brig(["ps", "-a", "-f", "name=ol", "--filter", "status=exited"], { engine });
  await brig(["ps", "-n", "2", "-s"], { engine });
  await brig(["ps", "-l", "--format", "{{.Size}}"], { engine });
  await brig(["ps", "-n", "-1"], { engine });
  const filters = [
    { name: "name", value: "ol" },
    { name: "status", value: "exited" },
  ];
  assert.deepEqual(asked, [
    { all: true, filters, size: false },
    { all: false, filters: [], size: true, last: 2 },
    { all: false, filters: [], size: true, last: 1 },
    { all: false, filters: [], size: false },
  ]);
  const unknown = await brig(["ps", "-f", "colour=red"], { engine });
  assert.match(unknown.err, /invalid filter 'colour'/);
  assert.match((await brig(["ps", "-n", "many"], { engine })).err, /invalid argument "many" for "-n, --last" flag/);
});

test("port prints what is published, one port when it is asked for", async () => {
  const Ports = {
    "8080/tcp": [
      { HostIp: "0.0.0.0", HostPort: "80" },
      { HostIp: "::", HostPort: "80" },
    ],
    "53/udp": [{ HostIp: "127.0.0.1", HostPort: "5353" }],
    "9/tcp": null,
  };
  const engine = { inspectContainer: async () => ({ NetworkSettings: { Ports } }) as unknown as ContainerDetails };
  const all = "53/udp -> 127.0.0.1:5353\n8080/tcp -> 0.0.0.0:80\n8080/tcp -> [::]:80\n";
  assert.equal((await brig(["port", "web"], { engine })).out, all);
  assert.equal((await brig(["container", "port", "web", "8080"], { engine })).out, "0.0.0.0:80\n[::]:80\n");
  const none = await brig(["port", "web", "9"], { engine });
  assert.match(none.err, /^brig: no public port '9\/tcp' published for web\n/);
  assert.equal(none.status, 1);
  assert.match((await brig(["port", "web", "http"], { engine })).err, /invalid port "http"/);
  assert.match((await brig(["port"], { engine })).err, /requires at least 1 and at most 2 arguments/);
});

test("rename says nothing when it worked", async () => {
  const asked: unknown[] = [];
  const renameContainer = async (request: unknown) => void asked.push(request);
  const ran = await brig(["rename", "old", " new "], { engine: { renameContainer } });
  assert.deepEqual([ran.out, ran.err, ran.status], ["", "", 0]);
  assert.deepEqual(asked, [{ nameOrId: "old", newName: "new" }]);
  assert.match((await brig(["rename", "old"])).err, /requires 2 arguments/);
});

test("container prune -f lists what went and how much it freed", async () => {
  const asked: unknown[] = [];
  const engine = {
    pruneContainers: async (filters: unknown) => {
      asked.push(filters);
      return { removed: [id("a"), id("b")], reclaimedBytes: 2_500_000 };
    },
  };
  const { out } = await brig(["container", "prune", "-f", "--filter", "label!=keep", "--filter", "until=24h"], {
    engine,
  });
  assert.equal(out, `Deleted Containers:\n${id("a")}\n${id("b")}\n\nTotal reclaimed space: 2.5MB\n`);
  assert.deepEqual(asked[0], [
    { name: "label!", value: "keep" },
    { name: "until", value: "24h" },
  ]);
  const nothing = { pruneContainers: async () => ({ removed: [], reclaimedBytes: 0 }) };
  assert.equal((await brig(["container", "prune", "-f"], { engine: nothing })).out, "Total reclaimed space: 0B\n");
});

test("why prints a sentence for each container, and goes on after a missing one", async () => {
  const explainContainer = async (name: string) => {
    if (name === "gone") throw new EngineError("containerNotFound", "No such container: gone");
    const more = ['it was started again 3 times by its restart policy "always"'];
    return { id: id("c"), name, status: "exited", why: "exited with 1", more, hint: "look \x1b[31m" } as const;
  };
  const ran = await brig(["why", "web", "gone"], { engine: { explainContainer } });
  assert.equal(
    ran.out,
    'web: exited with 1\n  it was started again 3 times by its restart policy "always"\n  hint: look \\x1b[31m\n',
  );
  assert.equal(ran.status, 1);
  const format = await brig(["why", "-f", "{{.Why}}|{{.State}}", "web"], { engine: { explainContainer } });
  assert.equal(format.out, "exited with 1|exited\n");
});
