import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseUserns, planNamespaces } from "../../../src/namespaces/index.ts";

describe("parseUserns()", () => {
  it("knows Docker's and Podman's words", () => {
    assert.deepEqual(
      ["", "private", "host"].map((text) => parseUserns(text).kind),
      ["default", "default", "host"],
    );
    assert.deepEqual(parseUserns("container:web.1"), { kind: "container", container: "web.1" });
    for (const kind of ["auto", "nomap"]) {
      assert.deepEqual(parseUserns(kind), { kind, size: 65536, users: [], groups: [] });
    }
    assert.deepEqual(parseUserns("auto:size=1000,uidmapping=0:100:1,gidmapping=5:200:2,uidmapping=9:9:9"), {
      kind: "auto",
      size: 1000,
      users: [
        { containerID: 0, hostID: 100, size: 1 },
        { containerID: 9, hostID: 9, size: 9 },
      ],
      groups: [{ containerID: 5, hostID: 200, size: 2 }],
    });
    assert.deepEqual(parseUserns("keep-id:uid=1000"), {
      kind: "keep-id",
      size: 65536,
      users: [{ containerID: 1000, hostID: 0, size: 1 }],
      groups: [{ containerID: 0, hostID: 0, size: 1 }],
    });
  });

  const refused = [
    ["HOST", "auto:", "auto:size=0", "auto:size=1e3", "auto:size=67108865", "auto:size", "auto:x=1", "nomap:size=1"],
    ["auto:uidmapping=0:1", "auto:uidmapping=0:1:0", "auto:uidmapping=0:1:2:3", "auto:gidmapping=-1:1:1"],
    ["auto:uidmapping=5:0:7,uidmapping=6:9:1", "auto:gidmapping=5:10:7,gidmapping=50:12:1"],
    ["keep-id:uid=65536", "keep-id:size=1", "keep-id:", "container:", "container:../x", "container:a b", "host:x", "x"],
  ].flat();
  for (const text of refused) {
    it(`refuses "${text}"`, () => {
      const message = `--userns: invalid USER mode: "${text}"`;
      assert.throws(() => parseUserns(text), { code: "invalidValue", message });
    });
  }
});

describe("planNamespaces() with --userns", () => {
  it("refuses what rules ids of its own out, for every word that asks for them", () => {
    for (const userns of ["auto", "auto:size=10", "nomap", "keep-id", "container:web"]) {
      assert.equal(planNamespaces({ userns }).userns, "own", userns);
      assert.throws(() => planNamespaces({ userns, network: "host" }), { code: "usage" }, userns);
    }
  });

  it("says so when an id of the container is the host's root", () => {
    assert.deepEqual(planNamespaces({ userns: "auto:uidmapping=5:5:1" }).notices, []);
    for (const userns of ["keep-id", "auto:gidmapping=7:0:1"]) {
      assert.match(planNamespaces({ userns }).notices.join(), /^--userns=[a-z-]+ maps the host's id 0/);
    }
  });
});
