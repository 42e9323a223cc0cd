import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { takesLabels } from "../../../../src/container/spec/relabels.ts";
import { parseMounts } from "../../../../src/host/index.ts";
import { parseContexts, parseProfiles } from "../../../../src/host/securityModules.ts";
import { planLabels } from "../../../../src/launch/hardening/planLabels.ts";
import { parseSecurityOptions } from "../../../../src/launch/hardening.ts";

const contexts = { process: "system_u:system_r:container_t:s0", file: "system_u:object_r:container_file_t:s0" };
const plan = (...texts: readonly string[]) =>
  planLabels({
    options: parseSecurityOptions(texts.map((text) => `label=${text}`)).labels,
    contexts,
    categories: "c1,c2",
  });

describe("planLabels()", () => {
  it("gives the processes and files of a container its own categories", () => {
    assert.deepEqual(plan(), {
      process: "system_u:system_r:container_t:s0:c1,c2",
      mount: "system_u:object_r:container_file_t:s0:c1,c2",
      shared: "system_u:object_r:container_file_t:s0",
    });
  });

  it("changes the parts that were asked for", () => {
    assert.equal(plan("user:u", "role:r", "type:t").process, "u:r:t:s0:c1,c2");
    const { process, mount } = plan("level:s0:c5,c6", "filetype:f_t");
    assert.equal(process, "system_u:system_r:container_t:s0:c5,c6");
    assert.equal(mount, "system_u:object_r:f_t:s0:c5,c6");
  });

  it("leaves processes in the caller's label when labels are off", () => {
    assert.deepEqual(plan("disable"), {
      mount: "system_u:object_r:container_file_t:s0",
      shared: "system_u:object_r:container_file_t:s0",
    });
  });

  it("does not take a policy's context that is none", () => {
    const broken = { ...contexts, process: "container_t" };
    const options = { disabled: false };
    assert.throws(() => planLabels({ options, contexts: broken, categories: "" }), { code: "invalidValue" });
  });
});

describe("takesLabels()", () => {
  const line = (point: string, options: string) => `1 0 8:1 / ${point} rw - ext4 /dev/sda ${options}`;
  const mountinfo = [
    line("/", "rw,seclabel"),
    line("/srv", "rw"),
    line("/srv/with\\040blank", "rw,seclabel"),
    line("/over", "rw,seclabel"),
    line("/over", "rw"),
    "",
  ].join("\n");

  it("asks the mount that a path is on, the topmost of several", () => {
    const paths = ["/x", "/srv", "/srv/a", "/srvx", "/srv/with blank/a", "/over/a"];
    const found = paths.map((path) => takesLabels(path, parseMounts(mountinfo)));
    assert.deepEqual(found, [true, false, false, true, true, false]);
  });
});

describe("what the kernel and the policy say", () => {
  it("parseProfiles() reads names with blanks, and no modes", () => {
    assert.deepEqual(parseProfiles("brig-default (enforce)\n/usr/bin/a b (x) (complain)\n\n(enforce)\n"), [
      "brig-default",
      "/usr/bin/a b (x)",
    ]);
  });

  it("parseContexts() reads lxc_contexts, with and without quotes", () => {
    const text = `# c\nprocess = "${contexts.process}"\nfile = ${contexts.file}\nro_file="x"\n`;
    assert.deepEqual(parseContexts(text), contexts);
    assert.equal(parseContexts('process = "a"\n'), undefined);
  });
});
