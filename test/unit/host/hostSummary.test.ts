import assert from "node:assert/strict";
import { test } from "node:test";
import { parseOsRelease } from "../../../src/host/hostSummary.ts";
import { probeHost, reportVersion, summarizeHost } from "../../../src/host/index.ts";
import { english } from "../../../src/messages/doctor/english.ts";

const paths = { dataRoot: "/var/lib/brig", runRoot: "/nonexistent/run", helperPath: "/nonexistent/helper" };

test("summarizeHost() uses the names of Docker's info document", () => {
  const counts = { running: 1, paused: 0, stopped: 2, images: 5 };
  const summary = summarizeHost(probeHost(paths), { counts, serverVersion: "1.2.3", words: english });
  assert.equal(summary.Containers, 3);
  assert.equal(summary.ContainersRunning, 1);
  assert.equal(summary.Images, 5);
  assert.equal(summary.ServerVersion, "1.2.3");
  assert.equal(summary.DockerRootDir, "/var/lib/brig");
  assert.equal(summary.OSType, "linux");
  assert.ok(summary.NCPU > 0 && summary.MemTotal > 0);
  assert.ok(summary.DefaultRuntime in summary.Runtimes);
  assert.deepEqual(JSON.parse(JSON.stringify(summary)), summary);
});

test("parseOsRelease() takes quotes off and passes over everything else", () => {
  const text =
    '# comment\nNAME="Debian GNU/Linux"\nVERSION_ID=\'12\'\nID=debian\nODD="a \\"b\\" \\$c"\n=x\n__proto__=1\nbad line\n';
  assert.deepEqual(
    [...parseOsRelease(text)],
    [
      ["NAME", "Debian GNU/Linux"],
      ["VERSION_ID", "12"],
      ["ID", "debian"],
      ["ODD", 'a "b" $c'],
    ],
  );
});

test("reportVersion() has the blocks that scripts read", () => {
  const build = { version: "1.2.3", gitCommit: "abc", buildTime: "2026-01-01T00:00:00Z", nodeVersion: "v20.19.0" };
  const report = reportVersion(build, { architecture: "arm64", kernel: { release: "6.1.0", major: 6, minor: 1 } });
  assert.equal(report.Client.Version, "1.2.3");
  assert.equal(report.Server.Version, "1.2.3");
  assert.equal(report.Server.KernelVersion, "6.1.0");
  assert.equal(report.Server.Components[0]?.Name, "Engine");
  assert.match(report.Server.ApiVersion, /^1\.\d+$/);
  assert.equal(report.Client.Arch, "arm64");
});
