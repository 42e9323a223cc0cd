import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer as createHttpServer } from "node:http";
import { createServer as createTcpServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import { createServer as createTlsServer } from "node:tls";
import { findEndpoint } from "../../../../src/image/registry/endpoint.ts";
import { selfSigned } from "../../../support/certificate.ts";

async function originOf(server: Server): Promise<string> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  try {
    return (await findEndpoint(`127.0.0.1:${port}`, {})).origin.replace(`${port}`, "PORT");
  } finally {
    server.close();
  }
}

test("whether a loopback registry speaks TLS is found out whatever it wants of its clients", async (t) => {
  const directory = mkdtempSync(join(tmpdir(), "brig-endpoint-"));
  t.after(() => rmSync(directory, { recursive: true }));
  const paths = await selfSigned(directory, "127.0.0.1");
  const pair = { key: readFileSync(paths.key), cert: readFileSync(paths.certificate) };
  for (const options of [
    { minVersion: "TLSv1.3" },
    { maxVersion: "TLSv1.2" },
    { requestCert: true, rejectUnauthorized: true },
    { ciphers: "ECDHE-RSA-AES128-SHA256", maxVersion: "TLSv1.2" },
  ] as const) {
    const server = createTlsServer({ ...pair, ...options });
    server.on("tlsClientError", () => undefined);
    assert.equal(await originOf(server), "https://127.0.0.1:PORT", JSON.stringify(options));
  }
});

test("a registry that answers in plain text, or not at all, or hangs up is asked in plain HTTP", async () => {
  assert.equal(await originOf(createHttpServer()), "http://127.0.0.1:PORT");
  assert.equal(await originOf(createTcpServer((socket) => socket.destroy())), "http://127.0.0.1:PORT");
  const silent = createTcpServer((socket) => socket.on("error", () => undefined).resume());
  assert.equal(await originOf(silent), "http://127.0.0.1:PORT");
});
