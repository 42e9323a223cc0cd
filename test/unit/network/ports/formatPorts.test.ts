import assert from "node:assert/strict";
import test from "node:test";
import type { PublishedPort } from "../../../../src/network/index.ts";
import { formatPorts } from "../../../../src/network/ports/formatPorts.ts";

const port = (
  hostIp: string,
  hostPort: number,
  containerPort: number,
  protocol: "tcp" | "udp" = "tcp",
): PublishedPort => ({
  hostIp,
  hostPort,
  containerPort,
  protocol,
});

test("formatPorts() writes the column as Docker does", () => {
  const cases: readonly (readonly [readonly PublishedPort[], readonly number[], string])[] = [
    [[], [], ""],
    [[], [80, 443], "80/tcp, 443/tcp"],
    [[], [80, 81, 82, 90], "80-82/tcp, 90/tcp"],
    [[port("0.0.0.0", 8080, 80)], [80], "0.0.0.0:8080->80/tcp"],
    [
      [port("0.0.0.0", 80, 80), port("::", 80, 80), port("0.0.0.0", 81, 81), port("::", 81, 81)],
      [],
      "0.0.0.0:80-81->80-81/tcp, [::]:80-81->80-81/tcp",
    ],
    [[port("127.0.0.1", 53, 53, "udp"), port("127.0.0.1", 53, 53)], [], "127.0.0.1:53->53/tcp, 127.0.0.1:53->53/udp"],
    [[port("0.0.0.0", 9000, 80)], [443], "443/tcp, 0.0.0.0:9000->80/tcp"],
  ];
  for (const [published, exposed, wanted] of cases) {
    const rest = exposed.map((number) => ({ port: number, protocol: "tcp" }) as const);
    assert.equal(formatPorts(published, rest), wanted);
  }
});
