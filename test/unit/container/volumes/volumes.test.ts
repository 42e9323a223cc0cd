import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { type TestContext } from "node:test";
import { parseMountFlag } from "../../../../src/container/options/mountFlag.ts";
import { inheritedMounts } from "../../../../src/container/run/inheritedMounts.ts";
import { checkMounts, nameMounts, resolveMounts, showVolumes } from "../../../../src/container/run/resolveMounts.ts";
import { createVolume } from "../../../../src/container/volumes/createVolume.ts";
import { inspectVolume, listVolumes } from "../../../../src/container/volumes/listVolumes.ts";
import { parseLocalOptions } from "../../../../src/container/volumes/localOptions.ts";
import { compilePruneLabels } from "../../../../src/container/volumes/removeVolume.ts";

const id = "a".repeat(64);

function scratch(t: TestContext): string {
  const root = mkdtempSync(join(tmpdir(), "brig-volumes-"));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  return root;
}

const options = (text: string) =>
  new Map(
    text.split(" ").map((word): [string, string] => [word.split("=", 1)[0] ?? "", word.slice(word.indexOf("=") + 1)]),
  );

test("parseLocalOptions() tells binds, file systems in memory and devices apart", () => {
  assert.deepEqual(parseLocalOptions(new Map()), { kind: "directory" });
  assert.deepEqual(parseLocalOptions(options("type=none o=bind,ro device=/srv")), {
    kind: "bind",
    path: "/srv",
    readOnly: true,
    recursive: false,
  });
  assert.deepEqual(parseLocalOptions(options("type=tmpfs device=tmpfs o=size=1m,uid=1000")), {
    kind: "tmpfs",
    options: ["size=1m", "uid=1000"],
  });
  assert.deepEqual(parseLocalOptions(options("type=nfs device=:/export o=addr=10.0.0.1,rw")), {
    kind: "device",
    type: "nfs",
    device: ":/export",
    options: ["addr=10.0.0.1", "rw"],
  });
  const bad = ["foo=1", "type=nfs", "device=/x", "type=none device=/x", "type=none o=bind device=x"];
  const worse = ["type=none o=bind device=/a/../b", "type=a/b device=/x", "type=nfs device=a\nb"];
  for (const text of [...bad, ...worse]) {
    assert.throws(() => parseLocalOptions(options(text)), { code: "invalidValue" }, text);
  }
  assert.throws(() => parseLocalOptions(options("size=1g")), { code: "notOffered" });
});

test("parseMountFlag() takes several options and labels for a new volume", () => {
  const text =
    'type=volume,dst=/x,src=data,volume-opt=type=nfs,volume-opt=device=:/e,"volume-opt=o=addr=1.2.3.4,ro",volume-label=a=b';
  assert.deepEqual(parseMountFlag(text, "/"), {
    kind: "volume",
    target: "/x",
    readOnly: false,
    noCopy: false,
    name: "data",
    options: new Map([
      ["type", "nfs"],
      ["device", ":/e"],
      ["o", "addr=1.2.3.4,ro"],
    ]),
    labels: new Map([["a", "b"]]),
  });
  assert.throws(() => parseMountFlag("dst=/x,volume-opt=colour=red", "/"), { code: "invalidValue" });
  assert.throws(() => parseMountFlag("type=bind,src=/a,dst=/x,volume-opt=type=nfs", "/"), { code: "invalidValue" });
});

test("createVolume() keeps labels and options, and leaves an existing volume as it is", (t) => {
  const root = scratch(t);
  const now = new Date("2026-03-01T12:00:00Z");
  const labels = new Map([["__proto__", "x"]]);
  const made = createVolume({ name: "data", labels }, { root, now });
  assert.deepEqual(Object.entries(made.Labels ?? {}), [["__proto__", "x"]]);
  createVolume({ name: "data", labels: new Map([["other", ""]]) }, { root, now: new Date() });
  assert.deepEqual(inspectVolume(root, "data"), made);
  const anonymous = createVolume({}, { root, now });
  assert.match(anonymous.Name, /^[0-9a-f]{64}$/);
  assert.deepEqual({ ...anonymous.Labels }, { "com.docker.volume.anonymous": "" });
  assert.throws(() => createVolume({ name: "x" }, { root, now }), { code: "invalidValue", message: /too short/ });
  assert.throws(() => createVolume({ name: "../up" }, { root, now }), { code: "invalidValue" });
  for (const name of ["gone", "../images", ".", "", "a/b", "a\0b"]) {
    assert.throws(() => inspectVolume(root, name), { code: "volumeNotFound" }, name);
  }
  assert.deepEqual(readdirSync(join(root, "volumes")).sort(), [anonymous.Name, "data"].sort());
});

test("listVolumes() filters by name, label and use, and passes over a damaged volume", (t) => {
  const root = scratch(t);
  const now = new Date(0);
  for (const name of ["data", "logs"]) createVolume({ name, labels: new Map([["for", name]]) }, { root, now });
  mkdirSync(join(root, "volumes/broken"));
  writeFileSync(join(root, "volumes/broken/volume.json"), "{");
  writeRecord(root, [{ kind: "volume", target: "/x", source: "data", readOnly: false, anonymous: false }]);
  const names = (...filters: readonly (readonly [string, string])[]) =>
    listVolumes(
      root,
      filters.map(([name, value]) => ({ name, value })),
    ).map(({ Name }) => Name);
  assert.deepEqual(names(), ["data", "logs"]);
  assert.deepEqual(names(["name", "^da"]), ["data"]);
  assert.deepEqual(names(["label", "for=logs"]), ["logs"]);
  assert.deepEqual(names(["dangling", "true"]), ["logs"]);
  assert.deepEqual(names(["dangling", "0"]), ["data"]);
  assert.throws(() => names(["dangling", "maybe"]), { code: "invalidValue" });
});

test("--volumes-from takes binds and volumes, not file systems in memory, and gives way to the user's own", (t) => {
  const root = scratch(t);
  writeRecord(root, [
    { kind: "volume", target: "/data", source: "data", readOnly: false, anonymous: true },
    { kind: "bind", target: "/bind", source: "/srv", readOnly: true, anonymous: false, propagation: "rslave" },
    { kind: "tmpfs", target: "/tmp", source: "", readOnly: false, anonymous: false },
  ]);
  const inherited = inheritedMounts(root, [id.slice(0, 8)]);
  assert.deepEqual(
    inherited.map(({ target, kind }) => `${kind} ${target}`),
    ["volume /data", "bind /bind"],
  );
  const readOnly = inheritedMounts(root, [`${id}:ro`]).map((mount) => mount.kind !== "tmpfs" && mount.readOnly);
  assert.deepEqual(readOnly, [true, true]);
  const own = { kind: "tmpfs", target: "/bind", options: [] } as const;
  const named = nameMounts({ mounts: [own] }, ["/data", "/image"], inherited);
  assert.deepEqual(
    named.map(({ target, kind, volume }) => [kind, target, volume?.anonymous]),
    [
      ["tmpfs", "/bind", undefined],
      ["volume", "/image", true],
      ["volume", "/data", true],
    ],
  );
  for (const bad of ["", ":ro", `${id}:x`, `${id}:ro:z`]) {
    assert.throws(() => inheritedMounts(root, [bad]), { code: "invalidValue" }, bad);
  }
});

test("resolveMounts() never fills a directory of the host that holds something", (t) => {
  const root = scratch(t);
  const shown = join(root, "shown");
  mkdirSync(shown);
  createVolume({ name: "shown", options: options(`type=none o=bind device=${shown}`) }, { root, now: new Date(0) });
  const mounts = nameMounts(
    { mounts: [{ kind: "volume", name: "shown", target: "/x", readOnly: false, noCopy: false }] },
    [],
    [],
  );
  const copies = () => resolveMounts(root, mounts, () => true).map((mount) => mount.kind === "volume" && mount.copyUp);
  assert.deepEqual(copies(), [true]);
  writeFileSync(join(shown, "file"), "");
  assert.deepEqual(copies(), [false]);
  rmSync(shown, { recursive: true });
  const check = () => checkMounts(showVolumes(root, mounts));
  assert.throws(check, { code: "invalidValue", message: /error while mounting volume 'shown'/ });
});

test("compilePruneLabels() needs every label and none of the forbidden ones", () => {
  const fits = compilePruneLabels(
    [
      { name: "label", value: "a" },
      { name: "label!", value: "keep=yes" },
    ],
    [],
  );
  assert.equal(fits(new Map([["a", ""]])), true);
  assert.equal(fits(new Map()), false);
  assert.equal(
    fits(
      new Map([
        ["a", ""],
        ["keep", "yes"],
      ]),
    ),
    false,
  );
  assert.throws(() => compilePruneLabels([{ name: "until", value: "1h" }], []), { code: "invalidValue" });
});

/** A container that uses these mounts. */
function writeRecord(root: string, mounts: readonly object[]): void {
  mkdirSync(join(root, "containers", id), { recursive: true });
  const record = { version: 1, id, name: "one", created: "", image: "", command: [], diffIds: [], labels: {}, mounts };
  writeFileSync(join(root, "containers", id, "container.json"), JSON.stringify(record));
}
