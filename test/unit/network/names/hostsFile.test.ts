import assert from "node:assert/strict";
import test from "node:test";
import {
  changingHosts,
  formatHosts,
  formatLines,
  replaceHosts,
  replaceNames,
} from "../../../../src/network/names/hostsFile.ts";

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
  const old = changingHosts({
    head: formatHosts([{ address: "10.0.0.1", names: ["old"] }]),
    names: "10.0.0.7\tgone\n",
  });
  const fresh = { head: formatHosts([{ address: "10.0.0.2", names: ["new"] }]), names: "10.0.0.8\tthere\n" };
  assert.equal(replaceHosts(old, fresh), changingHosts(fresh));
  assert.equal(replaceHosts(`${old}1.2.3.4 mine\n`, fresh), `${changingHosts(fresh)}1.2.3.4 mine\n`);
});

test("replaceHosts() bounds what a container can make it keep", () => {
  const fresh = { head: formatHosts([]), names: "" };
  const replaced = replaceHosts("x".repeat(1 << 20), fresh);
  assert.equal(replaced.length, changingHosts(fresh).length + 64 * 1024);
  assert.equal(replaceHosts(replaced, fresh), replaced, "the second time changes nothing");
});

test("replaceNames() leaves everything but the names as it is", () => {
  const head = formatHosts([{ address: "10.0.0.2", names: ["own"] }]);
  const old = `${changingHosts({ head, names: "10.0.0.7\tgone\n" })}1.2.3.4 mine\n`;
  const names = "10.0.0.8\tthere\n";
  assert.equal(replaceNames(old, names, ["10.0.0.2"]), `${changingHosts({ head, names })}1.2.3.4 mine\n`);
});

test("replaceNames() wants all of the file to be written where it is not as it was written, or of another container", () => {
  const old = changingHosts({ head: formatHosts([{ address: "10.0.0.2", names: ["own"] }]), names: "" });
  assert.equal(replaceNames(old, "", ["10.0.0.2", "10.0.1.2"]), undefined, "a second network");
  assert.equal(replaceNames("", "", []), undefined);
  for (const line of old.split("\n").filter((text) => text.startsWith("# ")))
    assert.equal(replaceNames(old.replace(line, ""), "", ["10.0.0.2"]), undefined, line);
  assert.equal(replaceNames("x".repeat(1 << 17) + old, "", ["10.0.0.2"]), undefined, "more than is kept");
});
