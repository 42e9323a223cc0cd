import assert from "node:assert/strict";
import test from "node:test";
import { changingHosts, formatHosts, formatLines, replaceHosts } from "../../../../src/network/names/hostsFile.ts";

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

test("replaceHosts() keeps what the container added and nothing of its own old lines", () => {
  const old = changingHosts(formatHosts([{ address: "10.0.0.1", names: ["old"] }]));
  const fresh = formatHosts([{ address: "10.0.0.2", names: ["new"] }]);
  assert.equal(replaceHosts(old, fresh), changingHosts(fresh));
  assert.equal(replaceHosts(`${old}1.2.3.4 mine\n`, fresh), `${changingHosts(fresh)}1.2.3.4 mine\n`);
});

test("replaceHosts() bounds what a container can make it keep", () => {
  const fresh = formatHosts([]);
  const replaced = replaceHosts("x".repeat(1 << 20), fresh);
  assert.equal(replaced.length, changingHosts(fresh).length + 64 * 1024);
  assert.equal(replaceHosts(replaced, fresh), replaced, "the second time changes nothing");
});
