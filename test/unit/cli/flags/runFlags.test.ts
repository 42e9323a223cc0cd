import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { runFlags } from "../../../../src/cli/flags/runFlags.ts";

/** Flags of Docker that its `--help` does not show on this system, and brig's own. */
const hiddenInDocker = ["dns-opt", "net", "net-alias", "cpu-count", "cpu-percent", "io-maxbandwidth", "io-maxiops"];
const ownFlags = ["break", "cgroup-conf", "explain", "health-on-failure", "pidfile", "replace", "step", "timeout"];

interface Named {
  readonly long: string;
  readonly short: string | undefined;
}

/** test/golden/cli/docker-run-flags.txt: one `-x, --long` or `--long` a line, from `docker run --help` of Docker 28. */
function dockerFlags(): readonly Named[] {
  const lines = readFileSync("test/golden/cli/docker-run-flags.txt", "utf8").trimEnd().split("\n");
  return lines.map((line) => {
    const match = /^(?:-(.), )?--(.+)$/.exec(line);
    return { long: match?.[2] ?? "", short: match?.[1] };
  });
}

test("run knows every flag of docker run, with the same short forms", () => {
  const known = new Map(runFlags.map((flag) => [flag.long, flag.short]));
  const docker = dockerFlags();
  assert.ok(docker.length > 95);
  assert.deepEqual(
    docker.filter(({ long, short }) => !known.has(long) || known.get(long) !== short),
    [],
  );
});

test("run has no flag that docker run lacks but its own", () => {
  const docker = new Set([...dockerFlags().map(({ long }) => long), ...hiddenInDocker]);
  const extra = runFlags.map(({ long }) => long).filter((long) => !docker.has(long));
  assert.deepEqual(extra.toSorted(), ownFlags);
});

test("every flag does something, refuses with a reason or says that it has no effect", () => {
  const silent = runFlags.filter(({ read, unsupported, ignored }) =>
    [read, unsupported, ignored].every((way) => way === undefined),
  );
  assert.deepEqual(silent, []);
});

test("no two flags share a name or a letter", () => {
  const names = runFlags.flatMap(({ long, short }) => (short === undefined ? [long] : [long, short]));
  assert.equal(new Set(names).size, names.length);
});

test("every flag is explained in words of its own", () => {
  assert.deepEqual(
    runFlags.filter(({ text }) => text.length < 3 || text.endsWith(".")).map(({ long }) => long),
    [],
  );
});
