import assert from "node:assert/strict";
import test from "node:test";
import { findFindings } from "../../../src/config/checkText.ts";
import { parseConfiguration } from "../../../src/config/index.ts";
import { readSettings } from "../../../src/config/readSettings.ts";
import { parseYaml } from "../../../src/config/yamlText.ts";
import { EngineError } from "../../../src/index.ts";

const lines = (text: string): readonly string[] =>
  findFindings(text).map(
    ({ line, column, message, hint }) => `${line}:${column} ${message}${hint ? ` | ${hint}` : ""}`,
  );

test("parseConfiguration() reads every setting", () => {
  const configuration = parseConfiguration({
    root: "/srv/brig",
    run_root: "/run/other",
    platform: "linux/aarch64",
    search: ["docker.io", "registry.example.com/team"],
    registries: {
      "docker.io": { mirrors: ["https://mirror.example.com/", "cache.example.com:5000/hub"] },
      "registry.example.com:5000": { insecure: true, blocked: false },
    },
    pull: { concurrency: 6 },
    log: { driver: "local", options: { "max-size": "1m", "max-file": 3, compress: false } },
    security: { seccomp: "/etc/seccomp.json", profile: "strict", no_new_privileges: true, userns: "host" },
    network: { default_subnet: "10.9.0.0/20" },
    init: "auto",
    trust: {
      default: "reject",
      images: { "docker.io/library": "allow", "registry.example.com": { require: ["/k/a.pub", "/k/b.pub"] } },
    },
  });
  assert.deepEqual(configuration, {
    root: "/srv/brig",
    runRoot: "/run/other",
    platform: { os: "linux", architecture: "arm64" },
    search: ["docker.io", "registry.example.com/team"],
    registries: new Map<string, object>([
      ["docker.io", { mirrors: ["mirror.example.com", "cache.example.com:5000/hub"] }],
      ["registry.example.com:5000", { insecure: true, blocked: false }],
    ]),
    pull: { concurrency: 6 },
    log: {
      driver: "local",
      options: new Map([
        ["max-size", "1m"],
        ["max-file", "3"],
        ["compress", "false"],
      ]),
    },
    security: { seccomp: "/etc/seccomp.json", profile: "strict", noNewPrivileges: true, userns: "host" },
    network: { defaultSubnet: "10.9.0.0/20" },
    init: "auto",
    trust: {
      fallback: { kind: "reject" },
      rules: new Map<string, object>([
        ["docker.io/library", { kind: "allow" }],
        ["registry.example.com", { kind: "require", keys: ["/k/a.pub", "/k/b.pub"] }],
      ]),
    },
  });
});

test("an empty text, a comment and an empty section say nothing", () => {
  for (const text of ["", "# nothing\n", "pull:\nlog:\n  # driver: none\n"]) {
    assert.deepEqual(findFindings(text), []);
    assert.deepEqual(readSettings(parseYaml(text).document).leaves, []);
  }
});

test("each mistake is named with its line and with what was meant", () => {
  const text = `runRoot: /x
serach: [docker.io]
registries:
  docker.io:
    mirors: [a.example.com]
    insecure: yes
  foo/bar: {}
pull: { concurrency: 0 }
log: json-file
platform: a/b/c/d
`;
  assert.deepEqual(lines(text), [
    '1:1 unknown setting "runRoot" | did you mean "run_root"?',
    '2:1 unknown setting "serach" | did you mean "search"?',
    '5:5 unknown setting "mirors" in "registries.docker.io" | did you mean "mirrors"?',
    '6:5 "registries.docker.io.insecure" must be true or false, not "yes"',
    '7:3 "foo/bar" in "registries" must be a registry such as docker.io or registry.example.com:5000',
    '8:9 "pull.concurrency" must be a whole number from 1 to 32, not 0',
    '9:1 "log" must be a section with names and values',
    '10:1 "platform": invalid platform "a/b/c/d" | write it like "linux/arm64" or "linux/arm/v7"',
  ]);
});

const wrong: readonly (readonly [string, object])[] = [
  ["a relative root", { root: "here" }],
  ["a subnet with bits beside its prefix", { network: { default_subnet: "10.9.0.1/20" } }],
  ["a subnet of IPv6", { network: { default_subnet: "fd00::/64" } }],
  ["a subnet without room", { network: { default_subnet: "10.9.0.0/31" } }],
  ["a control character", { root: "/a\u001b[2J" }],
  ["an empty search", { search: [] }],
  ["a search with a tag", { search: ["docker.io/library:1"] }],
  ["a registry with a path", { registries: { "docker.io/library": {} } }],
  ["a registry that references write otherwise", { registries: { "index.docker.io": {} } }],
  ["a registry called __proto__", { registries: JSON.parse('{"__proto__": {"insecure": true}}') }],
  ["a mirror over plain HTTP", { registries: { "docker.io": { mirrors: ["http://mirror.example.com"] } } }],
  ["a mirror with a user", { registries: { "docker.io": { mirrors: ["user:pw@mirror.example.com"] } } }],
  ["a mirror of one word", { registries: { "docker.io": { mirrors: ["mirror"] } } }],
  ["a rule without keys", { trust: { images: { "docker.io": { require: [] } } } }],
  ["a rule with more than keys", { trust: { images: { "docker.io": { require: ["/k"], any: true } } } }],
  ["a key at a relative path", { trust: { images: { "docker.io": { require: ["k.pub"] } } } }],
  ["an unknown rule", { trust: { default: "sometimes" } }],
  ["rules for a name with a tag", { trust: { images: { "docker.io/library/alpine:3": "allow" } } }],
  ["a list at the top", []],
];

for (const [name, settings] of wrong) {
  test(`parseConfiguration() refuses ${name}`, () => {
    assert.throws(
      () => parseConfiguration(settings),
      (error) => error instanceof EngineError && error.code === "invalidConfig",
    );
    assert.equal(Object.hasOwn(Object.prototype, "insecure"), false);
  });
}

test("tags, anchors, aliases, repeated names and second documents are not read", () => {
  const text = "root: &a /x\nrun_root: *a\nplatform: !!js/function x\n";
  assert.deepEqual(lines(text), ["1:10 anchors are not read", "2:11 aliases are not read", "3:25 tags are not read"]);
  assert.deepEqual(lines("root: /x\nroot: /y\n"), ["2:1 the name is there twice"]);
  assert.deepEqual(lines("root: /x\n---\nroot: /y\n"), ["2:1 a second document is not read"]);
});

test("what is nested beyond all measure is refused before it is parsed", () => {
  for (const text of ["[".repeat(100_000), "- ".repeat(100_000), "? ".repeat(5000), "{a: ".repeat(5000)]) {
    assert.throws(
      () => parseYaml(text),
      (error) => error instanceof EngineError && error.code === "limitExceeded",
    );
  }
  assert.ok(findFindings(`${" ".repeat(120)}a: 1\n`).length > 0);
});
