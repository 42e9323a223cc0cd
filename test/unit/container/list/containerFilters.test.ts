import assert from "node:assert/strict";
import test from "node:test";
import { EngineError } from "../../../../src/base/index.ts";
import { compileFilters, type FilteredContainer } from "../../../../src/container/list/containerFilters.ts";
import { compileTextPattern } from "../../../../src/container/list/textPattern.ts";
import type { CreatedContainer } from "../../../../src/container/runReports.ts";

test("compileTextPattern() finds parts of a text as Go's expressions do", () => {
  const cases: readonly (readonly [pattern: string, text: string, fits: boolean])[] = [
    ["", "anything", true],
    ["eb", "web", true],
    ["^eb", "web", false],
    ["^web$", "web", true],
    ["^web$", "web1", false],
    ["^web.*1$", "web-01", true],
    ["w.b", "wxb", true],
    ["w\\.b", "wxb", false],
    ["web[0-9]+$", "web42", true],
    ["web[0-9]+$", "web", false],
    ["web[^0-9]$", "web1", false],
    ["colou?r", "color", true],
    ["^a$|^b$", "b", true],
    ["^a$|^b$", "ab", false],
    ["a|b$", "xb", true],
    ["[", "a[b", true],
    ["(a)", "a", false],
  ];
  for (const [pattern, text, fits] of cases) {
    assert.equal(compileTextPattern(pattern)(text), fits, `${pattern} on ${text}`);
  }
});

test("compileTextPattern() takes no longer for patterns that make other engines go back and forth", () => {
  const started = performance.now();
  assert.equal(compileTextPattern(`${"a*".repeat(200)}b$`)("a".repeat(255)), false);
  assert.equal(compileTextPattern("x".repeat(5000))("x".repeat(5000)), false);
  assert.ok(performance.now() - started < 2000);
});

const container: CreatedContainer = {
  id: `abc${"0".repeat(61)}` as CreatedContainer["id"],
  name: "web",
  image: "nginx:1",
  imageId: "sha256:1",
  command: [],
  created: "2026-03-01T12:00:00.000Z",
  status: "exited",
  exitCode: 3,
  restarts: 0,
  labels: new Map([
    ["__proto__", "x"],
    ["tier", "db"],
  ]),
  mounts: ["data"],
  localVolumes: 1,
  networks: ["none"],
  ports: [],
  exposedPorts: [],
};
const one: FilteredContainer = { container, diffIds: ["a", "b"], mountTargets: ["/var"], exposedPorts: ["80/tcp"] };

const facts = {
  createdOf: (name: string) => {
    if (name === "gone") throw new EngineError("containerNotFound", "No such container: gone");
    return name === "older" ? "2026-01-01T00:00:00.000Z" : "2026-12-31T00:00:00.000Z";
  },
  networkOf: (name: string) => name,
  layersOf: (name: string) => ({ base: ["a"], same: ["a", "b"], other: ["b"], child: ["a", "b", "c"] })[name],
};

function holds(...filters: readonly string[]): boolean {
  const parsed = filters.map((text) => {
    const [name = "", ...value] = text.split("=");
    return { name, value: value.join("=") };
  });
  return compileFilters(parsed, facts)(one);
}

test("every filter of ps looks at what Docker's looks at", () => {
  const yes =
    "id=^abc name=we name=^/web$ status=exited exited=3 label=tier label=tier=db label=__proto__=x volume=data";
  const more = "volume=/var network=none since=older before=younger ancestor=nginx:1 ancestor=base ancestor=same";
  const rest = "health=none is-task=false expose=80 expose=70-90/tcp isolation=default";
  const no = "id=^c name=^eb status=dead exited=4 label=tie label=toString volume=dat network=host since=younger";
  const others =
    "before=older ancestor=other ancestor=child ancestor=gone health=healthy is-task=true expose=80/udp publish=80";
  for (const filter of [yes, more, rest].flatMap((text) => text.split(" "))) assert.equal(holds(filter), true, filter);
  for (const filter of [no, others].flatMap((text) => text.split(" "))) assert.equal(holds(filter), false, filter);
});

test("one value of a name is enough, all names and all labels must hold", () => {
  assert.equal(holds("status=dead", "status=exited"), true);
  assert.equal(holds("status=exited", "name=db"), false);
  assert.equal(holds("label=tier", "label=nosuch"), false);
  assert.equal(holds(), true);
});

test("wrong values of filters are refused", () => {
  for (const filter of ["status=x", "exited=x", "health=x", "is-task=x", "publish=http", "expose=9-1", "colour=red"]) {
    assert.throws(() => holds(filter), { code: "invalidValue" }, filter);
  }
  assert.throws(() => holds("since=gone"), { code: "containerNotFound" });
});
