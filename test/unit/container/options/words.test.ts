import assert from "node:assert/strict";
import test from "node:test";
import { EngineError } from "../../../../src/base/index.ts";
import {
  parseAddHost,
  parseCgroupConf,
  parseContainerName,
  parseDeviceBps,
  parseDeviceFlag,
  parseDeviceIops,
  parseDnsOption,
  parseDnsSearch,
  parseDnsServer,
  parseEnvFile,
  parseEnvFlag,
  parseHostname,
  parseLabel,
  parseNetwork,
  parsePullPolicy,
  parseSignal,
  parseWorkdir,
} from "../../../../src/container/index.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

/** Values that try to add lines or fields to a file that is generated from them. */
const injections = ["a\nb", "a\rb", "a\0b", "a\u2028b", "a\u0085b", "a\u001b[2Jb"];

test("values that go into generated files cannot bring line ends or control characters", () => {
  const parsers: readonly ((text: string) => unknown)[] = [
    parseHostname,
    parseDnsServer,
    parseDnsSearch,
    parseDnsOption,
    parseContainerName,
    (text) => parseWorkdir(`/${text}`),
    (text) => parseAddHost(`${text}:10.0.0.1`),
    (text) => parseAddHost(`name:${text}`),
    (text) => parseDeviceFlag(`/dev/${text}`),
    (text) => parseCgroupConf(`memory.high=${text}`),
  ];
  for (const parse of parsers) {
    for (const text of injections) assert.throws(() => parse(text), EngineError, JSON.stringify(text));
  }
});

test("parseContainerName() has Docker's alphabet and sentence", () => {
  assert.equal(parseContainerName("/web_1.a-b"), "web_1.a-b");
  for (const name of ["", "a", "-a", ".a", "a/b", "a b", "..", "é1", "x".repeat(256)]) {
    assert.throws(
      () => parseContainerName(name),
      /^EngineError: Invalid container name \(.*\), only \[a-zA-Z0-9\]/,
      name,
    );
  }
});

test("parseEnvFlag() takes the caller's value, and keeps a name that the caller does not have", () => {
  const caller = { HOME: "/me", EMPTY: "" };
  assert.deepEqual(
    ["A=1", "A=", "HOME", "EMPTY", "NONE", "toString"].map((text) => parseEnvFlag(text, caller)),
    ["A=1", "A=", "HOME=/me", "EMPTY=", "NONE", "toString"],
  );
  assert.throws(() => parseEnvFlag("=x", caller), /invalid environment variable: =x/);
});

test("parseEnvFile() reads lines without quoting and drops what the caller does not have", () => {
  const text = "\ufeff# comment\n\n  A=1\nB='x y' # kept\r\nHOME\nNONE\nC=\n";
  assert.deepEqual(parseEnvFile(bytes(text), { HOME: "/me" }), ["A=1", "B='x y' # kept", "HOME=/me", "C="]);
  assert.throws(() => parseEnvFile(bytes("A B=1"), {}), /variable 'A B' contains whitespaces/);
  assert.throws(() => parseEnvFile(bytes("=1"), {}), /no variable name on line '=1'/);
  assert.throws(() => parseEnvFile(new Uint8Array([0xff, 0xfe, 0x41]), {}), /invalid utf8/);
});

test("parseLabel() keeps everything after the first equals sign", () => {
  assert.deepEqual(parseLabel("a=b=c"), ["a", "b=c"]);
  assert.deepEqual(parseLabel("__proto__"), ["__proto__", ""]);
  assert.throws(() => parseLabel("=x"), /invalid label '=x': empty name/);
});

test("parseDeviceFlag() knows paths and access", () => {
  const fuse = { hostPath: "/dev/fuse", containerPath: "/dev/fuse", access: "rwm" };
  assert.deepEqual(parseDeviceFlag("/dev/fuse"), fuse);
  assert.deepEqual(parseDeviceFlag("/dev/fuse:r"), { ...fuse, access: "r" });
  assert.deepEqual(parseDeviceFlag("/dev/fuse:/dev/x:rw"), { ...fuse, containerPath: "/dev/x", access: "rw" });
  for (const text of ["fuse", "/dev/fuse:/x:rr", "/dev/fuse:x:rw", "/dev/fuse::rw", "a:b:c:d", "vendor.com/gpu=all"]) {
    assert.throws(() => parseDeviceFlag(text), EngineError, text);
  }
});

test("parseDeviceBps() and parseDeviceIops() take positive whole numbers", () => {
  assert.deepEqual(parseDeviceBps("/dev/sda:1mb"), { path: "/dev/sda", rate: 1024 ** 2 });
  assert.deepEqual(parseDeviceBps("/dev/sda:512"), { path: "/dev/sda", rate: 512 });
  assert.deepEqual(parseDeviceIops("/dev/sda:100"), { path: "/dev/sda", rate: 100 });
  for (const text of [
    "/dev/sda",
    "/dev/sda:0",
    "/dev/sda:-1",
    "/dev/sda:1x",
    "sda:1",
    "/dev/sda:1.5m",
    "/dev/sda:1kk",
  ]) {
    assert.throws(() => parseDeviceBps(text), EngineError, text);
  }
  assert.throws(() => parseDeviceIops("/dev/sda:1kb"), /invalid rate for device/);
});

test("parseAddHost() takes both separators, IPv6 and host-gateway", () => {
  assert.deepEqual(parseAddHost("db:10.0.0.1"), { name: "db", address: "10.0.0.1" });
  assert.deepEqual(parseAddHost("db=::1"), { name: "db", address: "::1" });
  assert.deepEqual(parseAddHost("db:[fe80::1]"), { name: "db", address: "fe80::1" });
  assert.deepEqual(parseAddHost("db:host-gateway"), { name: "db", address: "host-gateway" });
  for (const text of ["db", ":1.2.3.4", "db:300.1.1.1", "db:fe80::1%eth0", "d b:1.2.3.4"]) {
    assert.throws(() => parseAddHost(text), EngineError, text);
  }
});

test("parseSignal() knows names, numbers and real-time signals", () => {
  const cases = {
    TERM: "SIGTERM",
    sigint: "SIGINT",
    "9": "SIGKILL",
    "RTMIN+3": "SIGRTMIN+3",
    "37": "SIGRTMIN+3",
    rtmax: "SIGRTMIN+30",
  };
  for (const [text, name] of Object.entries(cases)) assert.equal(parseSignal(text), name, text);
  for (const text of ["", "0", "65", "SIGNOPE", "RTMIN+99", "TERM ", "toString"]) {
    assert.throws(() => parseSignal(text), /invalid signal: /, text);
  }
});

test("closed sets refuse other words", () => {
  assert.throws(() => parsePullPolicy("sometimes"), /must be one of "always", "missing" or "never"$/);
  assert.throws(() => parseNetwork("a b"), { code: "invalidValue" });
  assert.throws(() => parseWorkdir("tmp"), /the working directory 'tmp' is invalid, it needs to be an absolute path$/);
});

test("parsers of a megabyte of hostile text take milliseconds", () => {
  const hostile = [
    "a".repeat(1 << 20),
    "a=".repeat(1 << 19),
    "/".repeat(1 << 20),
    "1".repeat(1 << 20),
    ":".repeat(1 << 20),
  ];
  const parsers: readonly ((text: string) => unknown)[] = [
    parseHostname,
    parseContainerName,
    parseSignal,
    parseAddHost,
    parseDeviceFlag,
    parseDeviceBps,
    parseDnsOption,
    parseDnsSearch,
    parseCgroupConf,
  ];
  const start = performance.now();
  for (const parse of parsers) {
    for (const text of hostile) {
      try {
        parse(text);
      } catch (error) {
        assert.ok(error instanceof EngineError);
        assert.ok(error.message.length < 2000);
      }
    }
  }
  assert.ok(performance.now() - start < 2000);
});
