import assert from "node:assert/strict";
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { TrustPolicy } from "../../../src/image/index.ts";
import { brigOk, createRoot, disposeRoot, runBrig } from "../../support/brig.ts";
import { pushBlob, pushManifest, pushSignatures, type Statement, signStatement } from "../../support/cosign.ts";
import { makeImage, startFaultRegistry } from "../../support/faultRegistry.ts";
import { busyboxLayout, pushLayout } from "../../support/fixtures.ts";
import { testDirectory } from "../../support/projectPaths.ts";
import { type RunningRegistry, startRegistry } from "../../support/registry.ts";
import { type PullSetting, pullSetting, quick } from "./pullSetting.ts";

const pairs = {
  ecdsa: generateKeyPairSync("ec", { namedCurve: "prime256v1" }),
  ed25519: generateKeyPairSync("ed25519"),
  rsa: generateKeyPairSync("rsa", { modulusLength: 2048 }),
  other: generateKeyPairSync("ec", { namedCurve: "prime256v1" }),
};
type KeyName = keyof typeof pairs;

let registry: RunningRegistry;
let directory: string;
const keyPath = (name: KeyName): string => join(directory, `${name}.pub`);

before(async () => {
  registry = await startRegistry();
  directory = mkdtempSync(join(testDirectory(), "keys-"));
  for (const name of Object.keys(pairs) as KeyName[]) {
    writeFileSync(keyPath(name), pairs[name].publicKey.export({ type: "spki", format: "pem" }));
  }
});
after(async () => {
  rmSync(directory, { recursive: true, force: true });
  await registry.stop();
});

interface Published {
  readonly name: string;
  readonly repository: string;
  readonly digest: string;
}

/** Pushes an image of its own under the repository, so that nothing of another test vouches for it. */
async function publish(repository: string): Promise<Published> {
  const image = makeImage();
  for (const [path, { bytes }] of image.documents) {
    if (path.includes("/blobs/")) await pushBlob(registry.address, repository, bytes);
  }
  const manifest = image.documents.get("/v2/app/manifests/latest");
  assert.ok(manifest !== undefined);
  const digest = await pushManifest(
    registry.address,
    `${repository}:latest`,
    JSON.parse(manifest.bytes.toString()) as object,
  );
  return { name: `${registry.address}/${repository}:latest`, repository, digest };
}

function statementOf({ digest, repository }: Published, key: KeyName): Statement {
  return { digest, repository: `${registry.address}/${repository}`, key: pairs[key].privateKey };
}

/** Whether anything but locks was made in the store. */
function keptNothing({ store, layers }: PullSetting): boolean {
  const made = existsSync(store.directory)
    ? readdirSync(store.directory, { recursive: true, withFileTypes: true })
    : [];
  const files = made.filter((entry) => entry.isFile() && !/locks|oci-layout|index\.json/.test(join(entry.parentPath, entry.name))); // biome-ignore format: one test
  return files.length === 0 && layers.committed.size === 0 && store.list().length === 0;
}

for (const key of ["ecdsa", "ed25519", "rsa"] as const) {
  test(`an image that was signed with ${key} is pulled, by its key and by a policy`, async (t) => {
    const image = await publish(`signed/${key}`);
    await pushSignatures(registry.address, image, [statementOf(image, "other"), statementOf(image, key)]);
    const byKey = pullSetting(t);
    await byKey.pull(image.name, { trust: { verifyKey: keyPath(key) } });
    assert.equal(byKey.store.list().length, 1);
    const policy: TrustPolicy = {
      fallback: { kind: "reject" },
      rules: new Map([[`${registry.address}/signed`, { kind: "require", keys: [keyPath("rsa"), keyPath(key)] }]]),
    };
    await pullSetting(t).pull(`${registry.address}/signed/${key}@${image.digest}`, { trust: { policy } });
  });
}

const hostile: readonly (readonly [string, string, (image: Published) => Promise<readonly Statement[]>])[] = [
  ["with another key only", "signed with another key", async (image) => [statementOf(image, "other")]],
  [
    "for another digest",
    "of another image",
    async (image) => [{ ...statementOf(image, "ecdsa"), digest: `sha256:${"0".repeat(64)}` }],
  ],
  [
    "for another repository, and replayed here",
    "for another repository",
    async (image) => [{ ...statementOf(image, "ecdsa"), repository: `${registry.address}/hostile/elsewhere` }],
  ],
  [
    "for a registry whose name only ends alike",
    "for another repository",
    async (image) => [{ ...statementOf(image, "ecdsa"), repository: `x${registry.address}/${image.repository}` }],
  ],
  [
    "as something that is no image",
    "not about an image",
    async (image) => [{ ...statementOf(image, "ecdsa"), type: "atomic container signature" }],
  ],
  [
    "with no statement in it",
    "cannot be read",
    async (image) => [{ ...statementOf(image, "ecdsa"), payload: Buffer.from('"hello"') }],
  ],
  [
    "with a signature of the wrong bytes",
    "signed with another key",
    async (image) => [{ ...statementOf(image, "ecdsa"), signature: randomBytes(70).toString("base64") }],
  ],
  [
    "with a signature that is no base64",
    "missing from its statement",
    async (image) => [{ ...statementOf(image, "ecdsa"), signature: "not base64!" }],
  ],
  [
    "by a statement of 100 KiB",
    "larger than",
    async (image) => [{ ...statementOf(image, "ecdsa"), payload: Buffer.alloc(100 * 1024, " ") }],
  ],
  ["by nobody: the list is empty", "has no signature", async () => []],
];

for (const [index, [name, words, statements]] of hostile.entries()) {
  test(`an image that was signed ${name} is refused before anything is stored`, async (t) => {
    const image = await publish(`hostile/n${index}`);
    await pushSignatures(registry.address, image, await statements(image));
    const setting = pullSetting(t);
    const failure = await setting.failure(image.name, { trust: { verifyKey: keyPath("ecdsa") } });
    assert.equal(failure.code, "imageUntrusted", failure.message);
    assert.ok(failure.message.includes(words), failure.message);
    assert.ok(keptNothing(setting));
  });
}

test("an image without a signature is refused, and one that is rejected is not even asked for", async (t) => {
  const image = await publish("plain/app");
  const setting = pullSetting(t);
  const unsigned = await setting.failure(image.name, { trust: { verifyKey: keyPath("ecdsa") } });
  assert.match(unsigned.message, /it is not signed/);
  const rules = new Map([[`${registry.address}/plain`, { kind: "reject" as const }]]);
  const policy: TrustPolicy = { fallback: { kind: "allow" }, rules };
  const rejected = await setting.failure(image.name, { trust: { policy } });
  assert.equal(rejected.code, "imageUntrusted");
  assert.match(rejected.message, /rejected by the trust policy/);
  assert.ok(keptNothing(setting));
});

test("a tag that was moved after the signature was made is refused", async (t) => {
  const signed = await publish("moved/app");
  await pushSignatures(registry.address, signed, [statementOf(signed, "ecdsa")]);
  await publish("moved/app");
  const setting = pullSetting(t);
  const failure = await setting.failure(signed.name, { trust: { verifyKey: keyPath("ecdsa") } });
  assert.equal(failure.code, "imageUntrusted");
  assert.ok(keptNothing(setting));
});

test("a statement whose bytes are not what the list says, or never end, is refused", async (t) => {
  const image = makeImage();
  const digest = image.manifestPath.split("/").at(-1) ?? "";
  const honest = { digest, repository: "placeholder/app", key: pairs.ecdsa.privateKey };
  const { payload, layer } = signStatement(honest);
  const { digest: payloadDigest } = layer as { digest: string };
  const manifest = Buffer.from(
    JSON.stringify({ schemaVersion: 2, config: { mediaType: "a/b", digest: payloadDigest, size: 2 }, layers: [layer] }),
  );
  let body: Buffer = Buffer.from(payload).fill("x");
  const lying = await startFaultRegistry(image, ({ url }, response) => {
    if (url.endsWith(".sig")) {
      response.writeHead(200, { "content-type": "application/vnd.oci.image.manifest.v1+json" }).end(manifest);
      return true;
    }
    if (!url.endsWith(payloadDigest)) return false;
    response.end(body);
    return true;
  });
  t.after(() => lying.stop());
  const setting = pullSetting(t);
  const trust = { verifyKey: keyPath("ecdsa") };
  const changed = await setting.failure(`${lying.address}/app`, { trust, registry: quick });
  assert.match(changed.message, /not what its digest says/);
  body = Buffer.alloc(10 * 1024 * 1024);
  assert.equal((await setting.failure(`${lying.address}/app`, { trust, registry: quick })).code, "sizeMismatch");
  assert.ok(keptNothing(setting));
});

test("brig pull --verify-key and a configured policy, as a user writes them", async () => {
  const root = createRoot();
  try {
    const name = `${registry.address}/team/busybox:latest`;
    await pushLayout(await busyboxLayout(), { tag: "latest", to: name });
    const refused = await runBrig(["pull", "--verify-key", keyPath("ecdsa"), name], { root });
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /^brig: cannot trust ".*" \(sha256:[0-9a-f]{64}\): it is not signed\nhint: /);
    const digest = /sha256:[0-9a-f]{64}/.exec(refused.stderr)?.[0] ?? "";
    const image = { name, repository: "team/busybox", digest };
    await pushSignatures(registry.address, image, [statementOf(image, "ecdsa")]);
    await brigOk(["pull", "--verify-key", keyPath("ecdsa"), name], { root });
    const config = join(root.directory, "config.yaml");
    const rule = `{ require: [${keyPath("other")}] }`;
    writeFileSync(
      config,
      `search: [${registry.address}/team]\ntrust:\n  images:\n    ${registry.address}/team: ${rule}\n`,
    );
    const byPolicy = await runBrig(["--config", config, "pull", name], { root });
    assert.match(byPolicy.stderr, /it is signed with another key/);
    writeFileSync(
      config,
      `search: [${registry.address}/nowhere, ${registry.address}/team]\npull: { concurrency: 1 }\n`,
    );
    await brigOk(["rmi", name], { root });
    const searched = await brigOk(["--config", config, "pull", "busybox"], { root });
    assert.match(searched.stdout, /nowhere\/busybox" is not there/);
    assert.ok(searched.stdout.endsWith(`${name}\n`), searched.stdout);
    const ran = await brigOk(["--config", config, "run", "--rm", "--network", "none", "busybox", "echo", "here"], {
      root,
    });
    assert.equal(ran.stdout, "here\n");
    writeFileSync(config, `registries: { "${registry.address}": { blocked: true } }\n`);
    assert.match(
      (await runBrig(["--config", config, "pull", name], { root })).stderr,
      /is blocked by the configuration/,
    );
  } finally {
    disposeRoot(root);
  }
});
