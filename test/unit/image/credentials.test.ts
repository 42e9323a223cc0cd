import assert from "node:assert/strict";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { EngineError } from "../../../src/base/index.ts";
import { type Credential, dockerCredentials } from "../../../src/image/credentials.ts";

function setting(t: TestContext, config: unknown) {
  const directory = mkdtempSync(join(tmpdir(), "brig-credentials-"));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  const authFile = join(directory, "config.json");
  writeFileSync(authFile, typeof config === "string" ? config : JSON.stringify(config));
  return {
    directory,
    authFile,
    find: (registry: string) => dockerCredentials({ authFile, searchPath: directory, home: directory }).find(registry),
  };
}

const auth = (text: string): string => Buffer.from(text).toString("base64");
const password = (user: string, secret: string): Credential => ({ kind: "password", user, password: secret });

test("credentials are found under the keys that Docker writes", async (t) => {
  const { find } = setting(t, {
    auths: {
      "https://index.docker.io/v1/": { auth: auth("hub:a:b:c") },
      "registry.example:5000": { auth: auth("one:1") },
      "https://old.example/v1/": { username: "two", password: "2" },
      "token.example": { auth: auth("x:"), identitytoken: "t" },
      "empty.example": {},
      "broken.example": { auth: auth("no colon") },
    },
  });
  assert.deepEqual(await find("docker.io"), password("hub", "a:b:c"));
  assert.deepEqual(await find("registry.example:5000"), password("one", "1"));
  assert.deepEqual(await find("old.example"), password("two", "2"));
  assert.deepEqual(await find("token.example"), { kind: "identityToken", token: "t" });
  for (const name of [
    "registry.example",
    "registry.example:5001",
    "empty.example",
    "broken.example",
    "__proto__",
    "constructor",
  ]) {
    assert.equal(await find(name), undefined, name);
  }
});

test("no file means anonymous, a damaged one is an error that does not quote it", async (t) => {
  assert.equal(await dockerCredentials({}).find("docker.io"), undefined);
  assert.equal(await dockerCredentials({ authFile: "/nonexistent/config.json" }).find("docker.io"), undefined);
  for (const text of ['{"auths": {"secret-marker', "[]", "null", '"secret-marker"']) {
    const { find } = setting(t, text);
    await assert.rejects(
      find("docker.io"),
      (error) =>
        error instanceof EngineError &&
        error.code === "invalidConfig" &&
        !String(error.stack).includes("secret-marker") &&
        error.cause === undefined,
    );
  }
});

function installHelper(directory: string, script: string): void {
  const path = join(directory, "docker-credential-test");
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
}

test("a credential helper gets the server on stdin and nothing on its command line", async (t) => {
  const { directory, find } = setting(t, {
    credHelpers: { "registry.example": "test" },
    auths: { "registry.example": { auth: auth("stale:x") } },
  });
  installHelper(
    directory,
    `read -r server; echo "$# $1 $server" > "${directory}/seen"; echo '{"ServerURL":"x","Username":"u","Secret":"s"}'`,
  );
  assert.deepEqual(await find("registry.example"), password("u", "s"));
  assert.equal(readFileSync(join(directory, "seen"), "utf8"), "1 get registry.example\n");
});

test("credsStore answers for Docker Hub under its old name, and with identity tokens", async (t) => {
  const { directory, find } = setting(t, { credsStore: "test" });
  installHelper(directory, `read -r server; printf '{"Username":"<token>","Secret":"%s"}' "$server"`);
  assert.deepEqual(await find("docker.io"), { kind: "identityToken", token: "https://index.docker.io/v1/" });
});

test("a helper that fails, floods or says nonsense means the file decides", async (t) => {
  const { directory, find } = setting(t, { credsStore: "test", auths: { a: { auth: auth("file:f") } } });
  for (const script of ["exit 1", "echo nonsense", "echo '{}'", "exec yes"]) {
    installHelper(directory, script);
    assert.deepEqual(await find("a"), password("file", "f"), script);
  }
});

test("a helper that is missing or no program name is an error", async (t) => {
  for (const name of ["missing", "../evil", "a/b", "-x", "x y", "x".repeat(200)]) {
    const { find } = setting(t, { credsStore: name });
    await assert.rejects(find("a"), (error) => error instanceof EngineError && error.code === "invalidConfig", name);
  }
});
