import assert from "node:assert/strict";
import test from "node:test";
import { bootUnit } from "../../../../src/host/units/bootUnit.ts";
import { argumentWord, unitWord } from "../../../../src/host/units/unitWord.ts";

const program = ["/usr/bin/node", "/opt/brig/bin/brig.cjs"] as const;
const usual = { program, root: "/var/lib/brig", runRoot: "/run/brig" };
const settings = (text: string, name: string) =>
  text.split("\n").flatMap((line) => (line.startsWith(`${name}=`) ? [line.slice(name.length + 1)] : []));

test("bootUnit() calls this very brig, and names roots only where they are not the usual ones", () => {
  assert.deepEqual(settings(bootUnit(usual), "ExecStart"), [
    "/usr/bin/node /opt/brig/bin/brig.cjs --config= system boot",
  ]);
  const moved = bootUnit({ ...usual, root: "/srv/brig", runRoot: "/run/other" });
  assert.deepEqual(settings(moved, "ExecStart"), [
    "/usr/bin/node /opt/brig/bin/brig.cjs --config= --root /srv/brig --run-root /run/other system boot",
  ]);
  assert.deepEqual(settings(moved, "RequiresMountsFor"), ["/srv/brig /run/other"]);
});

test("bootUnit() stays active after its end and kills nothing when it is stopped", () => {
  const text = bootUnit(usual);
  assert.deepEqual(
    ["Type", "RemainAfterExit", "KillMode", "WantedBy"].map((name) => settings(text, name)),
    [["oneshot"], ["yes"], ["process"], ["multi-user.target"]],
  );
  const after = settings(text, "After").join(" ").split(" ");
  for (const unit of ["local-fs.target", "network.target", "nftables.service"]) assert.ok(after.includes(unit), unit);
});

test("unitWord() writes specifiers, blanks, quotes and control characters as systemd reads them back", () => {
  assert.equal(unitWord("/srv/a-b_c.d"), "/srv/a-b_c.d");
  assert.equal(unitWord("/srv/100%"), "/srv/100%%");
  assert.equal(unitWord("/srv/a b"), '"/srv/a b"');
  assert.equal(unitWord('/srv/a"b\\c'), '"/srv/a\\"b\\\\c"');
  assert.equal(unitWord("/srv/a\nExecStart=/bin/x"), '"/srv/a\\012ExecStart=/bin/x"');
  assert.equal(unitWord("/srv/$HOME"), '"/srv/$HOME"');
});

test("argumentWord() also keeps systemd from putting variables in", () => {
  assert.equal(argumentWord("/srv/$HOME"), '"/srv/$$HOME"');
  assert.equal(argumentWord("/srv/plain"), "/srv/plain");
});

test("bootUnit() leaves a path out of RequiresMountsFor, which knows no escapes, and keeps it in the command", () => {
  const text = bootUnit({ ...usual, root: '/srv/a"b' });
  assert.deepEqual(settings(text, "RequiresMountsFor"), ["/run/brig"]);
  assert.match(settings(text, "ExecStart")[0] ?? "", /--root "\/srv\/a\\"b"/);
});
