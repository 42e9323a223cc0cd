import assert from "node:assert/strict";
import { test } from "node:test";
import { EngineError } from "../../../../src/base/index.ts";
import type { VolumeDetails } from "../../../../src/container/index.ts";
import { compareGolden } from "../../../support/golden.ts";
import { brig } from "../fakeContext.ts";

const volume = (Name: string, more: Partial<VolumeDetails> = {}): VolumeDetails => ({
  CreatedAt: "2026-03-01T11:58:00Z",
  Driver: "local",
  Labels: null,
  Mountpoint: `/var/lib/brig/volumes/${Name}/_data`,
  Name,
  Options: null,
  Scope: "local",
  ...more,
});

const known = [volume("data", { Labels: { b: "2", a: "1\x1b]0;x\x07" } }), volume("f".repeat(64))];

test("volume ls prints Docker's table, names with -q, and JSON", async () => {
  const engine = { volumes: async () => known };
  compareGolden("cli/volume-ls.txt", (await brig(["volume", "ls"], { engine })).out);
  compareGolden("cli/volume-ls-json.txt", (await brig(["volume", "list", "--format", "json"], { engine })).out);
  assert.equal((await brig(["volume", "ls", "-q"], { engine })).out, `data\n${"f".repeat(64)}\n`);
  assert.match((await brig(["volume", "ls", "-f", "size=1"], { engine })).err, /invalid filter 'size'/);
});

test("volume inspect prints documents whose labels and options are maps", async () => {
  const inspectVolume = async (name: string) => {
    if (name === "gone") throw new EngineError("volumeNotFound", "get gone: no such volume");
    return volume(name, { Options: { type: "tmpfs" } });
  };
  const ran = await brig(["volume", "inspect", "data", "gone"], { engine: { inspectVolume } });
  compareGolden("cli/volume-inspect.txt", ran.out);
  assert.match(ran.err, /^brig: get gone: no such volume\n/);
  assert.equal(ran.status, 1);
  const format = '{{.Mountpoint}}|{{index .Options "type"}}|{{.Options.device}}';
  assert.equal(
    (await brig(["volume", "inspect", "-f", format, "data"], { engine: { inspectVolume } })).out,
    "/var/lib/brig/volumes/data/_data|tmpfs|<no value>\n",
  );
});

test("volume create prints the name and hands labels and options over", async () => {
  const asked: unknown[] = [];
  const createVolume = async (request: { readonly name?: string }) => {
    asked.push(request);
    return volume(request.name ?? "made-up");
  };
  const engine = { createVolume };
  const flags = ["--label", "a=b=c", "-o", "type=nfs", "--opt", "o=addr=10.0.0.1,rw", "-d", "local"];
  assert.equal((await brig(["volume", "create", ...flags, "data"], { engine })).out, "data\n");
  assert.equal((await brig(["volume", "create"], { engine })).out, "made-up\n");
  assert.deepEqual(asked[0], {
    name: "data",
    driver: "local",
    labels: new Map([["a", "b=c"]]),
    options: new Map([
      ["type", "nfs"],
      ["o", "addr=10.0.0.1,rw"],
    ]),
  });
  assert.match((await brig(["volume", "create", "--group", "g"], { engine })).err, /brig has no clusters/);
  assert.equal((await brig(["volume", "create", "--name", "a", "b"], { engine })).status, 125);
});

test("volume rm goes on after a failure, and -f forgives missing volumes", async () => {
  const removeVolume = async (name: string) => {
    if (name === "used") throw new EngineError("volumeInUse", "remove used: volume is in use - [abc]");
    if (name === "gone") throw new EngineError("volumeNotFound", "get gone: no such volume");
  };
  const ran = await brig(["volume", "rm", "used", "data"], { engine: { removeVolume } });
  assert.deepEqual([ran.out, ran.err, ran.status], ["data\n", "brig: remove used: volume is in use - [abc]\n", 1]);
  assert.equal((await brig(["volume", "remove", "-f", "gone"], { engine: { removeVolume } })).status, 0);
});

test("volume prune takes anonymous volumes only unless it is told otherwise", async () => {
  const asked: unknown[] = [];
  const pruneVolumes = async (request: unknown) => {
    asked.push(request);
    return { removed: ["data"], reclaimedBytes: 10 };
  };
  const { out } = await brig(["volume", "prune", "-f"], { engine: { pruneVolumes } });
  assert.equal(out, "Deleted Volumes:\ndata\n\nTotal reclaimed space: 10B\n");
  await brig(["volume", "prune", "-af", "--filter", "label=x"], { engine: { pruneVolumes } });
  assert.deepEqual(asked, [
    { all: false, filters: [] },
    { all: true, filters: [{ name: "label", value: "x" }] },
  ]);
});
