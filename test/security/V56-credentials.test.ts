// @regression V56 credentials
// @wrong Passwords were readable in files, command lines, environments or logs.
// @defence The file is for its owner alone, passwords come by stdin and go to helpers by pipe, and messages are made
//   without them.
import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { brigCommand, createRoot, disposeRoot, runBrig, type TestRoot } from "../support/brig.ts";
import { type Intercept, makeImage, startFaultRegistry } from "../support/faultRegistry.ts";

const secret = "marker-of-a-secret-7f3a";
const basic = Buffer.from(`user:${secret}`).toString("base64");

/** Every file below a directory that holds one of the words. */
function filesWith(directory: string, words: readonly string[]): readonly string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => words.some((word) => readFileSync(path).includes(word)));
}

const refusals: Readonly<Record<string, Intercept>> = {
  "a password that is refused": (_, response) => {
    response.writeHead(401, { "www-authenticate": 'Basic realm="x"' }).end();
    return true;
  },
  "an answer that repeats what was sent": ({ headers }, response) => {
    if (headers.authorization === undefined) {
      response.writeHead(401, { "www-authenticate": 'Basic realm="x"' }).end();
      return true;
    }
    const errors = [{ code: "ODD", message: `what is ${headers.authorization}?` }];
    response.writeHead(400, { "content-type": "application/json" }).end(JSON.stringify({ errors }));
    return true;
  },
  "a realm that is none": (_, response) => {
    response.writeHead(401, { "www-authenticate": `Bearer realm="ftp://127.0.0.1/"` }).end();
    return true;
  },
  "a redirect to nowhere": ({ headers }, response) => {
    if (headers.authorization === undefined) response.writeHead(401, { "www-authenticate": "Basic" }).end();
    else response.writeHead(302, { location: "ftp://127.0.0.1/" }).end();
    return true;
  },
};

function writeCredentials(root: TestRoot, registry: string): void {
  mkdirSync(join(root.home, ".docker"));
  const auths = { [registry]: { auth: basic } };
  writeFileSync(join(root.home, ".docker", "config.json"), JSON.stringify({ auths }), { mode: 0o600 });
}

for (const [name, intercept] of Object.entries(refusals)) {
  test(`V56: ${name} shows no secret, not even with --debug, and leaves none on disk`, async () => {
    const registry = await startFaultRegistry(makeImage(), intercept);
    const root = createRoot();
    try {
      writeCredentials(root, registry.address);
      const argv = ["--debug", "pull", `${registry.address}/app`];
      const ran = await runBrig(argv, { root });
      assert.equal(ran.code, 1);
      const sent = registry.seen.some(({ headers }) => headers.authorization === `Basic ${basic}`);
      assert.equal(sent, name !== "a realm that is none");
      for (const word of [secret, basic]) {
        assert.ok(!`${ran.stdout}${ran.stderr}${brigCommand(root, argv).join(" ")}`.includes(word), ran.stderr);
      }
      assert.deepEqual(filesWith(root.directory, [secret, basic]), [join(root.home, ".docker", "config.json")]);
    } finally {
      disposeRoot(root);
      await registry.stop();
    }
  });
}
