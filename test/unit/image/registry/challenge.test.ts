import assert from "node:assert/strict";
import { test } from "node:test";
import { parseChallenges } from "../../../../src/image/registry/challenge.ts";

const read = (header: string) =>
  parseChallenges(header).map(({ scheme, parameters }) => [scheme, Object.fromEntries(parameters)]);

const cases: readonly (readonly [string, unknown])[] = [
  ["", []],
  ["Basic", [["basic", {}]]],
  ['Basic realm="a, b=c"', [["basic", { realm: "a, b=c" }]]],
  [
    'Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:a/b:pull,push"',
    [
      [
        "bearer",
        { realm: "https://auth.docker.io/token", service: "registry.docker.io", scope: "repository:a/b:pull,push" },
      ],
    ],
  ],
  [
    'Negotiate, Basic realm="x", Bearer realm="y"',
    [
      ["negotiate", {}],
      ["basic", { realm: "x" }],
      ["bearer", { realm: "y" }],
    ],
  ],
  ['bearer REALM = "x" , service=plain', [["bearer", { realm: "x", service: "plain" }]]],
  ['Bearer realm="a\\"b\\\\c"', [["bearer", { realm: 'a"b\\c' }]]],
  ['Bearer realm="first",realm="second"', [["bearer", { realm: "first" }]]],
  ['Bearer realm="open', [["bearer", {}]]],
  ["realm=x", []],
  ['="x"', []],
  ["Bearer realm=,service=x", [["bearer", { realm: "", service: "x" }]]],
  [
    'Bearer __proto__="x",realm="y"',
    [
      [
        "bearer",
        Object.fromEntries([
          ["__proto__", "x"],
          ["realm", "y"],
        ]),
      ],
    ],
  ],
  ["\u0000Bearer", []],
  ["Bearer \u0001 realm=x", [["bearer", {}]]],
];

for (const [header, expected] of cases) {
  test(`parseChallenges() reads ${JSON.stringify(header)}`, () => {
    assert.deepEqual(read(header), expected);
  });
}

test("parseChallenges() is linear in a bounded length", () => {
  for (const part of ["a", " ", ",", "=", '"', "\\", 'a="', "a=b,", "Bearer ", '\\"']) {
    const before = performance.now();
    parseChallenges(`Bearer realm="${part.repeat((1 << 20) / part.length)}`);
    parseChallenges(part.repeat((1 << 20) / part.length));
    assert.ok(performance.now() - before < 2000, JSON.stringify(part));
  }
});
