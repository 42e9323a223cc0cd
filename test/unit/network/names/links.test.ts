import assert from "node:assert/strict";
import test from "node:test";
import { linkVariables, parseLink } from "../../../../src/network/names/links.ts";

test("parseLink() reads a container and what it is called here", () => {
  assert.deepEqual(parseLink("db"), { container: "db", alias: "db" });
  assert.deepEqual(parseLink("/web-1:db"), { container: "web-1", alias: "db" });
  assert.deepEqual(parseLink("/web:/app/db"), { container: "web", alias: "db" });
});

test("parseLink() refuses what could be no container and what could not stand in a file", () => {
  for (const text of ["", ":", ":db", "db:", "a:b:c", "db:a b", "db:a\nb", "db:#a", "a b:db", "../x:db", "db:-a"]) {
    assert.throws(() => parseLink(text), { code: "invalidValue" }, JSON.stringify(text));
  }
});

test("linkVariables() gives the variables that Docker gives", () => {
  const variables = linkVariables({
    alias: "my-db",
    name: "/app/my-db",
    address: "10.200.0.5",
    ports: [
      { port: 53, protocol: "udp" },
      { port: 5433, protocol: "tcp" },
      { port: 5432, protocol: "tcp" },
    ],
    env: ["POSTGRES_USER=me", "EMPTY=", "HOME=/root", "PATH=/bin", "BARE", "=x"],
  });
  assert.deepEqual(variables, [
    "MY_DB_PORT=tcp://10.200.0.5:5432",
    "MY_DB_PORT_5432_TCP_START=tcp://10.200.0.5:5432",
    "MY_DB_PORT_5432_TCP_PORT_START=5432",
    "MY_DB_PORT_5432_TCP_END=tcp://10.200.0.5:5433",
    "MY_DB_PORT_5432_TCP_PORT_END=5433",
    "MY_DB_PORT_5432_TCP=tcp://10.200.0.5:5432",
    "MY_DB_PORT_5432_TCP_ADDR=10.200.0.5",
    "MY_DB_PORT_5432_TCP_PORT=5432",
    "MY_DB_PORT_5432_TCP_PROTO=tcp",
    "MY_DB_PORT_5433_TCP=tcp://10.200.0.5:5433",
    "MY_DB_PORT_5433_TCP_ADDR=10.200.0.5",
    "MY_DB_PORT_5433_TCP_PORT=5433",
    "MY_DB_PORT_5433_TCP_PROTO=tcp",
    "MY_DB_PORT_53_UDP=udp://10.200.0.5:53",
    "MY_DB_PORT_53_UDP_ADDR=10.200.0.5",
    "MY_DB_PORT_53_UDP_PORT=53",
    "MY_DB_PORT_53_UDP_PROTO=udp",
    "MY_DB_NAME=/app/my-db",
    "MY_DB_ENV_POSTGRES_USER=me",
    "MY_DB_ENV_EMPTY=",
  ]);
});

test("linkVariables() of a container without ports still says its name", () => {
  assert.deepEqual(linkVariables({ alias: "db", name: "/a/db", address: "10.0.0.1", ports: [], env: [] }), [
    "DB_NAME=/a/db",
  ]);
});
