import assert from "node:assert/strict";
import test from "node:test";
import { EngineError } from "../../../../src/base/index.ts";
import { parseExpose, parseImagePorts, parsePublish } from "../../../../src/network/ports/parsePorts.ts";

const one = (port: number) => ({ first: port, last: port });
const refusal = (spec: string): string => {
  try {
    parsePublish(spec);
  } catch (error) {
    if (error instanceof EngineError && error.code === "invalidValue") return error.message;
    throw error;
  }
  return "accepted";
};

test("parsePublish() reads every form of the specification", () => {
  const cases: readonly (readonly [string, object])[] = [
    ["80", { containerPort: 80, protocol: "tcp" }],
    ["80/", { containerPort: 80, protocol: "tcp" }],
    ["80/UDP", { containerPort: 80, protocol: "udp" }],
    ["8080:80", { hostPort: one(8080), containerPort: 80, protocol: "tcp" }],
    ["0:80", { containerPort: 80, protocol: "tcp" }],
    [":80", { containerPort: 80, protocol: "tcp" }],
    ["8000-8010:80/sctp", { hostPort: { first: 8000, last: 8010 }, containerPort: 80, protocol: "sctp" }],
    ["127.0.0.1:8080:80", { hostIp: "127.0.0.1", hostPort: one(8080), containerPort: 80, protocol: "tcp" }],
    ["127.0.0.1::80", { hostIp: "127.0.0.1", containerPort: 80, protocol: "tcp" }],
    ["[::1]:8080:80", { hostIp: "::1", hostPort: one(8080), containerPort: 80, protocol: "tcp" }],
    ["[2001:DB8:0::1]::80", { hostIp: "2001:db8::1", containerPort: 80, protocol: "tcp" }],
    ["::1:8080:80", { hostIp: "::1", hostPort: one(8080), containerPort: 80, protocol: "tcp" }],
    ["[::ffff:127.0.0.1]:1:2", { hostIp: "127.0.0.1", hostPort: one(1), containerPort: 2, protocol: "tcp" }],
    ["published=8080,target=80,protocol=udp", { hostPort: one(8080), containerPort: 80, protocol: "udp" }],
    ["target=80", { containerPort: 80, protocol: "tcp" }],
  ];
  for (const [spec, wanted] of cases) assert.deepEqual(parsePublish(spec), [wanted], spec);
});

test("parsePublish() writes ranges out port by port", () => {
  const ports = parsePublish("127.0.0.1:8000-8002:80-82/udp");
  assert.deepEqual(
    ports.map(({ hostPort, containerPort }) => [hostPort?.first, hostPort?.last, containerPort]),
    [
      [8000, 8000, 80],
      [8001, 8001, 81],
      [8002, 8002, 82],
    ],
  );
  assert.deepEqual(
    parsePublish("80-82").map(({ hostPort, containerPort }) => [hostPort, containerPort]),
    [
      [undefined, 80],
      [undefined, 81],
      [undefined, 82],
    ],
  );
  assert.equal(parsePublish("1-65535:1-65535").length, 65_535);
});

test("parsePublish() refuses in Docker's words", () => {
  const cases: readonly (readonly [string, string])[] = [
    ["", "no port specified: <empty>"],
    ["8080:", "no port specified: 8080:<empty>"],
    ["8080:80/icmp", "invalid proto: icmp"],
    ["8080:x", "invalid containerPort: x"],
    ["x:80", "invalid hostPort: x"],
    ["8080:65536", "invalid containerPort: 65536"],
    ["65536:80", "invalid hostPort: 65536"],
    ["8080:0", "invalid containerPort: 0"],
    ["8080:+80", "invalid containerPort: +80"],
    ["8080:80-79", "invalid containerPort: 80-79"],
    ["8080:80-81-82", "invalid containerPort: 80-81-82"],
    ["8000-8001:80-82", "invalid ranges specified for container and host Ports: 80-82 and 8000-8001"],
    ["localhost:8080:80", "invalid IP address: localhost"],
    ["1.2.3:8080:80", "invalid IP address: 1.2.3"],
    ["[::1%lo]:8080:80", "invalid IP address: [::1%lo]"],
    ["[::1:8080:80", "invalid IP address: [::1"],
    ["published=1,target", "invalid publish opts format (should be name=value but got 'target')"],
  ];
  for (const [spec, message] of cases) assert.equal(refusal(spec), message, spec);
});

test("parseExpose() reads ports and ranges and refuses what names a port of the host", () => {
  assert.deepEqual(parseExpose("80"), [{ port: 80, protocol: "tcp" }]);
  assert.deepEqual(parseExpose("8000-8001/udp"), [
    { port: 8000, protocol: "udp" },
    { port: 8001, protocol: "udp" },
  ]);
  assert.throws(() => parseExpose("8080:80"), /^EngineError: invalid port format for --expose: 8080:80$/);
  assert.throws(() => parseExpose("x"), /invalid range format for --expose: x/);
});

test("parseImagePorts() leaves out what is no port", () => {
  assert.deepEqual(parseImagePorts(["80/tcp", "http", "99999", "53/udp", "__proto__"]), [
    { port: 80, protocol: "tcp" },
    { port: 53, protocol: "udp" },
  ]);
});
