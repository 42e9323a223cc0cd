// @regression V87 parsers that take for ever
// @wrong A long word kept a regular expression busy for hours.
// @defence Scanners are linear, and long words are refused before they are looked at.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseDeviceCgroupRule } from "../../../../src/launch/deviceRules.ts";
import { checkSysctls, parseHardLimits, parseSecurityOptions, parseUlimit } from "../../../../src/launch/hardening.ts";
import { parseCapability, parseNamespaceMode, parseUserns } from "../../../../src/namespaces/index.ts";

const mebibyte = 1 << 20;

const parsers: Readonly<Record<string, (text: string) => unknown>> = {
  parseCapability: (text) => parseCapability(text, "CapAdd"),
  parseUserns,
  parsePid: (text) => parseNamespaceMode("pid", `container:${text}`),
  parseUlimit: (text) => parseUlimit(`nofile=${text}`),
  parseUlimitName: parseUlimit,
  parseDeviceCgroupRule,
  parseSecurityOptions: (text) => parseSecurityOptions([text]),
  sysctlName: (text) => checkSysctls(new Map([[`net.${text}`, "1"]]), ["network"]),
  sysctlValue: (text) => checkSysctls(new Map([["net.ipv4.x", text]]), ["network"]),
};

describe("the parsers of security options (V87)", () => {
  for (const [name, parse] of Object.entries(parsers)) {
    it(`${name}: refuses a word of 1 MiB at once, with a short message`, () => {
      for (const unit of ["a", " ", ".", "0", ":", "CAP_", "net.a-", "\0"]) {
        const text = unit.repeat(mebibyte / unit.length);
        const started = performance.now();
        assert.throws(
          () => parse(text),
          (error) => error instanceof Error && error.message.length < 2000,
        );
        // Linear work on 1 MiB takes under 10 ms; a backtracking scanner would take minutes.
        assert.ok(performance.now() - started < 2000, JSON.stringify(unit));
      }
    });
  }

  it("parseHardLimits() ignores what it does not know", () => {
    assert.equal(parseHardLimits("Max open files ".repeat(1000)).size, 0);
    assert.equal(parseHardLimits("\n".repeat(mebibyte)).size, 0);
  });
});
