import assert from "node:assert/strict";
import { rmSync, writeFileSync } from "node:fs";
import { isIP, type LookupFunction } from "node:net";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { type Authority, makeAuthority } from "../../support/authority.ts";
import { busyboxLayout } from "../../support/fixtures.ts";
import { runTool } from "../../support/programs.ts";
import { type RunningRegistry, startRegistry } from "../../support/registry.ts";
import { pullSetting, quick } from "./pullSetting.ts";

let authority: Authority;
let registry: RunningRegistry;
let selective: RunningRegistry;

/** `registry.test` is this machine: a registry that is not on loopback by its name. */
const everythingIsHere: LookupFunction = (hostname, options, callback) => {
  if (isIP(hostname) !== 0) throw new Error("an address needs no resolver");
  if (options.all) callback(null, [{ address: "127.0.0.1", family: 4 }]);
  else callback(null, "127.0.0.1", 4);
};

before(async () => {
  authority = await makeAuthority();
  const { certificate, server } = authority;
  registry = await startRegistry({ tls: server });
  selective = await startRegistry({ tls: { ...server, clientAuthority: certificate } });
  const layout = await busyboxLayout();
  const copy = ["--insecure-policy", "copy", "-q"];
  for (const { address } of [registry, selective]) {
    const certs = authority.certificateDirectory([address], { client: "shown" });
    const to = ["--dest-cert-dir", join(certs, address), `docker://${address}/app:1`];
    await runTool("skopeo", [...copy, `oci:${layout}:latest`, ...to]);
  }
});

after(async () => {
  await Promise.all([registry?.stop(), selective?.stop()]);
  authority?.remove();
});

const remote = (): string => `registry.test:${registry.port}`;
const access = (certificateDirectory: string) => ({
  registry: { ...quick, lookup: everythingIsHere, certificateDirectory },
});

test("a registry whose authority is in certs.d is trusted, and one of another name is not", async (t) => {
  const { pull, failure, layers } = pullSetting(t);
  const refused = await failure(`${remote()}/app:1`, access(authority.certificateDirectory(["registry.test"])));
  assert.equal(refused.code, "insecureRegistry");
  assert.match(refused.hint ?? "", /certs\.d/);
  await pull(`${remote()}/app:1`, access(authority.certificateDirectory([remote()])));
  assert.equal(layers.committed.size, 1);
});

test("on loopback, where no certificate is needed, one that does not fit the authority in certs.d is refused", async (t) => {
  const { pull, failure } = pullSetting(t);
  const name = `${registry.address}/app:1`;
  await pull(name, access(join(authority.directory, "nothing")));
  const other = await makeAuthority();
  t.after(() => other.remove());
  const refused = await failure(name, access(other.certificateDirectory([registry.address])));
  assert.equal(refused.code, "insecureRegistry");
});

test("the client's certificate is shown to a registry that wants one", async (t) => {
  const { pull, failure, layers } = pullSetting(t);
  const name = `${selective.address}/app:1`;
  const refused = await failure(name, access(authority.certificateDirectory([selective.address])));
  assert.equal(refused.code, "registryUnauthorized");
  assert.match(refused.hint ?? "", /client\.cert/);
  await pull(name, access(authority.certificateDirectory([selective.address], { client: "shown" })));
  assert.equal(layers.committed.size, 1);
});

test("half of a pair and files that are no certificates are refused, naming the directory and no content", async (t) => {
  const { failure } = pullSetting(t);
  const directory = authority.certificateDirectory([remote()], { client: "shown" });
  const own = join(directory, remote());
  rmSync(join(own, "client.key"));
  const half = await failure(`${remote()}/app:1`, access(directory));
  assert.equal(half.code, "invalidConfig");
  assert.match(half.message, /"client\.key" is missing/);
  writeFileSync(join(own, "client.key"), "marker-of-a-key");
  const broken = await failure(`${remote()}/app:1`, access(directory));
  assert.equal(broken.code, "invalidConfig");
  assert.ok(broken.message.includes(own));
  assert.ok(!`${broken.stack}${broken.cause}`.includes("marker-of-a-key"));
});
