import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseSecurityOptions, planSeccomp } from "../../../../src/launch/hardening.ts";

const defaults = {
  seccomp: { kind: "default" },
  noNewPrivileges: false,
  systemPaths: "default",
  writableCgroups: false,
  profile: "default",
  labels: { disabled: false },
};

describe("parseSecurityOptions()", () => {
  it("fills in the defaults", () => {
    assert.deepEqual(parseSecurityOptions([]), defaults);
    const inert = ["seccomp=builtin", "profile=default"];
    assert.deepEqual(parseSecurityOptions(inert), defaults);
  });

  it("understands each option, with = or Docker's old :", () => {
    const expected: Readonly<Record<string, object>> = {
      "seccomp=unconfined": { seccomp: { kind: "unconfined" } },
      "seccomp:unconfined": { seccomp: { kind: "unconfined" } },
      "seccomp=/etc/a=b:c.json": { seccomp: { kind: "file", path: "/etc/a=b:c.json" } },
      "no-new-privileges": { noNewPrivileges: true },
      "no-new-privileges:true": { noNewPrivileges: true },
      "no-new-privileges=false": { noNewPrivileges: false },
      "systempaths=unconfined": { systemPaths: "unconfined" },
      "writable-cgroups=true": { writableCgroups: true },
      "profile=docker": { profile: "docker" },
      "apparmor=unconfined": { appArmor: "unconfined" },
      "apparmor:docker-default": { appArmor: "docker-default" },
      "label=disable": { labels: { disabled: true } },
      "label:type:svirt_t": { labels: { disabled: false, type: "svirt_t" } },
      "label=level:s0-s0:c1,c2": { labels: { disabled: false, level: "s0-s0:c1,c2" } },
      "label=filetype:svirt_image_t": { labels: { disabled: false, filetype: "svirt_image_t" } },
      "profile=strict": { profile: "strict", noNewPrivileges: true },
    };
    for (const [text, change] of Object.entries(expected)) {
      assert.deepEqual(parseSecurityOptions([text]), { ...defaults, ...change }, text);
    }
  });

  it("lets later options win, and an explicit one win over the profile", () => {
    assert.equal(parseSecurityOptions(["no-new-privileges", "no-new-privileges=false"]).noNewPrivileges, false);
    assert.equal(parseSecurityOptions(["no-new-privileges=false", "profile=strict"]).noNewPrivileges, false);
  });

  it("refuses the rest with Docker's sentence", () => {
    const texts = [
      "",
      "x",
      "seccomp",
      "seccomp=",
      "profile=",
      "profile=lax",
      "systempaths=all",
      "systempaths",
      "__proto__=1",
    ];
    for (const text of [
      ...texts,
      "no-new-privileges=maybe",
      "apparmor",
      "apparmor=",
      "apparmor=a\nb",
      "apparmor= a",
      "label",
      "label=",
      "label=type",
      "label=type:",
      "label=type:a,b",
      "label=level:s0 s1",
      "label=colour:red",
      "Seccomp=unconfined",
      "seccomp=a\0b",
    ]) {
      const message = `invalid --security-opt 2: ${JSON.stringify(text)}`;
      assert.throws(() => parseSecurityOptions([text]), { code: "invalidValue", message }, text);
    }
  });

  it("puts the parts of labels together, and the last of each wins", () => {
    const { labels } = parseSecurityOptions(["label=user:a", "label=role:b", "label=user:c"]);
    assert.deepEqual(labels, { disabled: false, user: "c", role: "b" });
  });
});

describe("planSeccomp()", () => {
  const context = { capabilities: [], arch: "x86_64", kernelRelease: "6.1.0" } as const;
  const plan = (texts: readonly string[], privileged: boolean, fileText?: string) =>
    planSeccomp({
      options: parseSecurityOptions(texts),
      privileged,
      context,
      ...(fileText === undefined ? {} : { fileText }),
    });

  it("filters every container but unconfined and privileged ones", () => {
    assert.equal(plan([], false)?.defaultAction, "SCMP_ACT_ERRNO");
    assert.equal(plan([], true), undefined);
    assert.equal(plan(["seccomp=unconfined"], false), undefined);
    assert.ok(plan([], false)?.architectures.includes("SCMP_ARCH_X32"));
    assert.ok(!plan(["profile=strict"], false)?.architectures.includes("SCMP_ARCH_X32"));
  });

  it("uses the file that was named, for privileged containers too", () => {
    const text = '{"defaultAction":"SCMP_ACT_LOG"}';
    assert.equal(plan(["seccomp=/p.json"], true, text)?.defaultAction, "SCMP_ACT_LOG");
    assert.throws(() => plan(["seccomp=/p.json"], false, "x"), { code: "invalidConfig" });
  });
});
