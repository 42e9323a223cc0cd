import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:net";
import test from "node:test";
import {
  findHolder,
  findSocket,
  hasSockets,
  parseSockets,
  readHostSockets,
} from "../../../../src/network/ports/hostSockets.ts";

const header = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n";
const line = (local: string, state: string, inode: number) =>
  `   0: ${local} 00000000:0000 ${state} 00000000:00000000 00:00000000 00000000     0        0 ${inode} 1 0 100 0 0 10 0\n`;

test("parseSockets() reads addresses of both families and leaves out connections", () => {
  const text = [
    header,
    line("0100007F:1F90", "0A", 11),
    line("00000000:0050", "0A", 12),
    line("00000000000000000000000000000000:0051", "0A", 13),
    line("0000000000000000FFFF00000100007F:0052", "0A", 14),
    line("B80D0120000000000000000001000000:0053", "0A", 15),
    line("0100007F:1F90", "01", 16),
    "garbage\n",
  ].join("");
  assert.deepEqual(parseSockets(text, "tcp"), [
    { address: "127.0.0.1", port: 8080, inode: "11" },
    { address: "0.0.0.0", port: 80, inode: "12" },
    { address: "::", port: 81, inode: "13" },
    { address: "127.0.0.1", port: 82, inode: "14" },
    { address: "2001:db8::1", port: 83, inode: "15" },
  ]);
  assert.deepEqual(parseSockets(line("00000000:0044", "07", 9), "udp"), [{ address: "0.0.0.0", port: 68, inode: "9" }]);
});

test("findSocket() knows which addresses exclude each other", () => {
  const at = (address: string) => [{ address, port: 80, inode: "1" }];
  const meets = (listening: string, hostIp: string) =>
    findSocket(at(listening), { hostIp, port: 80 }) === undefined ? "free" : "taken";
  assert.equal(meets("127.0.0.1", "0.0.0.0"), "taken");
  assert.equal(meets("0.0.0.0", "127.0.0.1"), "taken");
  assert.equal(meets("127.0.0.1", "192.0.2.1"), "free");
  assert.equal(meets("::", "0.0.0.0"), "taken");
  assert.equal(meets("0.0.0.0", "::"), "free");
  assert.equal(meets("::1", "::"), "taken");
  assert.equal(findSocket(at("0.0.0.0"), { hostIp: "0.0.0.0", port: 81 }), undefined);
});

test("a listening socket of this process is found, and this process by it", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = address === null || typeof address === "string" ? 0 : address.port;
  const socket = findSocket(readHostSockets("tcp"), { hostIp: "0.0.0.0", port });
  assert.equal(socket?.address, "127.0.0.1");
  assert.equal(findHolder(socket?.inode ?? "")?.pid, process.pid);
  server.close();
  await once(server, "close");
});

test("hasSockets() tells a protocol without sockets from one with some and from one that is not counted", () => {
  const counts = "sockets: used 9\nTCP: inuse 0 orphan 0 tw 0 alloc 3 mem 8\nUDP: inuse 10 mem 0\nUDPLITE: inuse 0\n";
  assert.equal(hasSockets(counts, "tcp"), false);
  assert.equal(hasSockets(counts, "udp"), true);
  assert.equal(hasSockets("TCP6: inuse 0\n", "tcp6"), false);
  assert.equal(hasSockets("TCP6: inuse 0\n", "udp6"), true);
  assert.equal(hasSockets(undefined, "tcp"), true);
});
