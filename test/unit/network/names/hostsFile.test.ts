import assert from "node:assert/strict";
import test from "node:test";
import {
  type ChangingHosts,
  changingHosts,
  formatHosts,
  formatLines,
  replaceHosts,
  replaceNames,
} from "../../../../src/network/names/hostsFile.ts";
import type { FileEnd } from "../../../../src/network/names/rewriteInPlace.ts";

test("formatHosts() begins with the names of the loopback", () => {
  const text = formatHosts([{ address: "10.200.0.2", names: ["web", "web", "0123456789ab"] }]);
  assert.match(text, /^127\.0\.0\.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n/);
  assert.match(text, /\n10\.200\.0\.2\tweb 0123456789ab\n$/);
});

test("formatLines() lets nothing into the file that is not an address and a name", () => {
  const names = ["a b", "a\tb", "a\n1.2.3.4 evil", "#a", "", "-a", "a".repeat(254), "ü", "a\u2028b", "%s"];
  assert.equal(formatLines([{ address: "10.0.0.1", names }]), "");
  assert.equal(formatLines([{ address: "10.0.0.1\n6.6.6.6", names: ["a"] }]), "");
  assert.equal(formatLines([{ address: "fd00::1", names: [...names, "good_name.x"] }]), "fd00::1\tgood_name.x\n");
});

/** The text of a file after what is to become of it. */
function applied(current: string, { offset, pieces }: FileEnd): string {
  if (pieces.length === 0) return current;
  return Buffer.concat([Buffer.from(current).subarray(0, offset), ...pieces]).toString();
}

function withHosts(current: string, hosts: ChangingHosts): string {
  return applied(current, replaceHosts(Buffer.from(current), hosts));
}

function withNames(current: string, names: string, addresses: readonly string[]): string | undefined {
  const end = replaceNames(Buffer.from(current), Buffer.from(names), addresses);
  return end === undefined ? undefined : applied(current, end);
}

test("replaceHosts() keeps what the container added and nothing of its own old lines", () => {
  const old = changingHosts({
    head: formatHosts([{ address: "10.0.0.1", names: ["old"] }]),
    names: "10.0.0.7\tgone\n",
  });
  const fresh = { head: formatHosts([{ address: "10.0.0.2", names: ["new"] }]), names: "10.0.0.8\tthere\n" };
  assert.equal(withHosts(old, fresh), changingHosts(fresh));
  assert.equal(withHosts(`${old}1.2.3.4 mine\n`, fresh), `${changingHosts(fresh)}1.2.3.4 mine\n`);
});

test("replaceHosts() bounds what a container can make it keep", () => {
  const fresh = { head: formatHosts([]), names: "" };
  const replaced = withHosts("x".repeat(1 << 20), fresh);
  assert.equal(replaced.length, changingHosts(fresh).length + 64 * 1024);
  assert.deepEqual(replaceHosts(Buffer.from(replaced), fresh).pieces, [], "the second time changes nothing");
});

test("replaceNames() leaves everything but the names as it is", () => {
  const head = formatHosts([{ address: "10.0.0.2", names: ["own"] }]);
  const old = `${changingHosts({ head, names: "10.0.0.7\tgone\n" })}1.2.3.4 mine\n`;
  const names = "10.0.0.8\tthere\n";
  const wanted = `${changingHosts({ head, names })}1.2.3.4 mine\n`;
  assert.equal(withNames(old, names, ["10.0.0.2"]), wanted);
  assert.deepEqual(replaceNames(Buffer.from(wanted), Buffer.from(names), ["10.0.0.2"])?.pieces, [], "the second time");
  assert.equal(withNames(wanted, "", ["10.0.0.2"]), `${changingHosts({ head, names: "" })}1.2.3.4 mine\n`);
});

test("replaceNames() wants all of the file to be written where it is not as it was written, or of another container", () => {
  const old = changingHosts({ head: formatHosts([{ address: "10.0.0.2", names: ["own"] }]), names: "" });
  assert.equal(withNames(old, "", ["10.0.0.2", "10.0.1.2"]), undefined, "a second network");
  assert.equal(withNames("", "", []), undefined);
  for (const line of old.split("\n").filter((text) => text.startsWith("# ")))
    assert.equal(withNames(old.replace(line, ""), "", ["10.0.0.2"]), undefined, line);
  assert.equal(withNames("x".repeat(1 << 17) + old, "", ["10.0.0.2"]), undefined, "more than is kept");
});

test("replaceNames() writes nothing that is there already", () => {
  const head = formatHosts([{ address: "10.0.0.2", names: ["own"] }]);
  const names = Array.from({ length: 500 }, (_, index) => `10.0.1.${index % 256}\tname-${index}\n`).join("");
  const old = `${changingHosts({ head, names })}1.2.3.4 mine\n`;
  for (const fresh of [
    `${names}10.0.0.8\tlast\n`,
    names.slice(0, names.lastIndexOf("10.0.1.")),
    `x${names.slice(1)}`,
  ]) {
    assert.equal(withNames(old, fresh, []), `${changingHosts({ head, names: fresh })}1.2.3.4 mine\n`);
  }
  const added = replaceNames(Buffer.from(old), Buffer.from(`${names}10.0.0.8\tlast\n`), []);
  const written = added?.pieces.reduce((sum, piece) => sum + piece.length, 0) ?? 0;
  assert.ok(written > 0 && written < 2048, `${written} bytes of ${old.length}`);
});
