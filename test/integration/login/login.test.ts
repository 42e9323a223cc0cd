import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { after, before, type TestContext, test } from "node:test";
import { type BrigResult, brigCommand, brigEnvironment, createRoot, disposeRoot, runBrig } from "../../support/brig.ts";
import { makeImage, startFaultRegistry } from "../../support/faultRegistry.ts";
import { type RunningRegistry, registryUser, startRegistry } from "../../support/registry.ts";
import { Terminal } from "../../support/terminal.ts";

const { user, password } = registryUser;
let registry: RunningRegistry;

before(async () => {
  registry = await startRegistry({ auth: "basic" });
});
after(() => registry?.stop());

function setting(t: TestContext) {
  const root = createRoot();
  t.after(() => disposeRoot(root));
  const docker = join(root.home, ".docker");
  const file = join(docker, "config.json");
  const bin = join(root.directory, "bin");
  mkdirSync(bin);
  const env = { PATH: `${bin}:${brigEnvironment(root).PATH}` };
  return {
    root,
    docker,
    file,
    bin,
    brig: (args: readonly string[], stdin = ""): Promise<BrigResult> => runBrig(args, { root, stdin, env }),
    login: (stdin = password): Promise<BrigResult> =>
      runBrig(["login", "-u", user, "--password-stdin", registry.address], { root, stdin, env }),
    config: () => JSON.parse(readFileSync(file, "utf8")) as Record<string, unknown>,
    write(config: object) {
      mkdirSync(docker, { recursive: true });
      writeFileSync(file, JSON.stringify(config));
    },
  };
}

const auth = Buffer.from(`${user}:${password}`).toString("base64");

test("login keeps what the registry accepts, readable by nobody else, and logout forgets it", async (t) => {
  const { login, brig, config, file, docker } = setting(t);
  const done = await login(`${password}\n`);
  assert.deepEqual([done.code, done.stdout], [0, "Login Succeeded\n"]);
  assert.match(done.stderr, /^WARNING! Your password will be stored unencrypted in .*config\.json\.\n/);
  assert.deepEqual(config(), { auths: { [registry.address]: { auth } } });
  assert.equal(statSync(file).mode & 0o777, 0o600);
  assert.equal(statSync(docker).mode & 0o777, 0o700);
  assert.deepEqual(readdirSync(docker), ["config.json"]);
  const again = await brig(["login", registry.address]);
  assert.equal(again.stdout, "Authenticating with existing credentials...\nLogin Succeeded\n");
  const out = await brig(["logout", `https://${registry.address}/v2/`]);
  assert.equal(out.stdout, `Removing login credentials for ${registry.address}\n`);
  assert.deepEqual(config(), { auths: {} });
  assert.equal((await brig(["logout", registry.address])).stdout, `Not logged in to ${registry.address}\n`);
  assert.equal((await brig(["logout"])).stdout, "Not logged in to https://index.docker.io/v1/\n");
});

test("everything else in the file stays, and a symbolic link to it too", async (t) => {
  const { login, config, file, docker, root } = setting(t);
  const others = {
    HttpHeaders: { "X-A": "b" },
    auths: {
      "other.example": { auth: "eDp5", email: "e" },
      [`https://${registry.address}/v1/`]: { auth: "b2xkOm9sZA==" },
    },
    psFormat: "table {{.ID}}",
  };
  mkdirSync(docker);
  const target = join(root.directory, "kept.json");
  writeFileSync(target, JSON.stringify(others));
  symlinkSync(target, file);
  assert.equal((await login()).code, 0);
  assert.equal(readlinkSync(file), target);
  assert.deepEqual(config(), {
    ...others,
    auths: { "other.example": { auth: "eDp5", email: "e" }, [registry.address]: { auth } },
  });
});

test("a wrong password keeps nothing and is nowhere to be read", async (t) => {
  const { login, docker } = setting(t);
  const refused = await login("s3cret-wrong");
  assert.equal(refused.code, 1);
  assert.match(refused.stderr, /cannot log in to ".*": unauthorized: incorrect username or password/);
  assert.ok(!`${refused.stdout}${refused.stderr}`.includes("s3cret-wrong"));
  assert.equal(existsSync(join(docker, "config.json")), false);
});

test("a damaged file is neither quoted nor replaced", async (t) => {
  const { login, file, docker } = setting(t);
  mkdirSync(docker);
  writeFileSync(file, '{"auths": {"marker-secret');
  const refused = await login();
  assert.equal(refused.code, 1);
  assert.ok(!refused.stderr.includes("marker-secret"));
  assert.equal(readFileSync(file, "utf8"), '{"auths": {"marker-secret');
});

test("what Docker refuses is refused in its words", async (t) => {
  const { brig } = setting(t);
  const cases: readonly (readonly [readonly string[], RegExp])[] = [
    [["--password-stdin"], /Must provide --username with --password-stdin/],
    [["-u", "a", "-p", "b", "--password-stdin"], /--password and --password-stdin are mutually exclusive/],
    [["-u", "a"], /Cannot perform an interactive login from a non TTY device/],
    [[], /Cannot perform an interactive login from a non TTY device/],
    [["-u", "a", "--password-stdin"], /Password Required/],
  ];
  for (const [flags, words] of cases) {
    const { code, stderr } = await brig(["login", ...flags, registry.address]);
    assert.equal(code, 1, flags.join(" "));
    assert.match(stderr, words);
  }
});

/** Keeps what it is given in a file of its own, as the protocol of docker-credential-helpers says. */
const helperScript = `#!/bin/sh
cd "$(dirname "$0")" || exit 1
echo "$# $*" >> calls
case "$1" in
store) cat > kept ;;
get) read -r server; [ -e kept ] || { echo "credentials not found in native keychain"; exit 1; }; cat kept ;;
erase) read -r server; echo "$server" > erased; rm kept ;;
esac
`;

test("with a credential helper the secret goes through its stdin and never into the file", async (t) => {
  for (const config of [
    { credsStore: "test" },
    { credHelpers: { [registry.address]: "test" }, credsStore: "missing" },
  ]) {
    const { login, brig, config: read, write, bin, file } = setting(t);
    writeFileSync(join(bin, "docker-credential-test"), helperScript);
    chmodSync(join(bin, "docker-credential-test"), 0o755);
    write(config);
    const done = await login();
    assert.deepEqual([done.code, done.stdout, done.stderr], [0, "Login Succeeded\n", ""]);
    assert.deepEqual(JSON.parse(readFileSync(join(bin, "kept"), "utf8")), {
      ServerURL: registry.address,
      Username: user,
      Secret: password,
    });
    assert.deepEqual(read(), { ...config, auths: { [registry.address]: {} } });
    assert.ok(!readFileSync(file, "utf8").includes(auth));
    assert.match((await brig(["login", registry.address])).stdout, /existing credentials/);
    assert.match((await brig(["logout", registry.address])).stdout, /^Removing login credentials/);
    assert.equal(readFileSync(join(bin, "erased"), "utf8"), `${registry.address}\n`);
    assert.ok(!readFileSync(join(bin, "calls"), "utf8").includes(password));
    assert.deepEqual(read(), { ...config, auths: {} });
  }
});

test("a helper that cannot keep the secret fails the login, without what it said", async (t) => {
  const { login, write, bin } = setting(t);
  writeFileSync(join(bin, "docker-credential-test"), "#!/bin/sh\ncat; exit 1\n");
  chmodSync(join(bin, "docker-credential-test"), 0o755);
  write({ credsStore: "test" });
  const { code, stdout, stderr } = await login();
  assert.equal(code, 1);
  assert.match(stderr, /the credential helper "docker-credential-test" could not store/);
  assert.ok(!`${stdout}${stderr}`.includes(password));
});

test("logins at the same time lose nothing of each other", async (t) => {
  const { config, brig } = setting(t);
  const open = await startFaultRegistry(makeImage(), (request, response) => {
    if (request.url !== "/v2/") return false;
    response.end("{}");
    return true;
  });
  t.after(() => open.stop());
  const hosts = [open.address, open.address.replace("127.0.0.1", "localhost"), registry.address];
  const all = hosts.map((host) => brig(["login", "-u", user, "--password-stdin", host], password));
  for (const { code, stderr } of await Promise.all(all)) assert.equal(code, 0, stderr);
  assert.deepEqual(Object.keys(config().auths as object).sort(), hosts.sort());
});

test("a token server's identity token is kept in place of the password, and used by the next login", async (t) => {
  const { root, config, brig } = setting(t);
  const seen: string[] = [];
  const tokens = await startFaultRegistry(makeImage(), (request, response) => {
    const url = new URL(request.url, "http://x");
    if (url.pathname === "/token") {
      const form = new URLSearchParams(request.body);
      seen.push(`${request.method} ${url.searchParams.get("account")} ${url.searchParams.get("offline_token")}`);
      const isKnown =
        request.headers.authorization === `Basic ${auth}` || form.get("refresh_token") === "identity-token-1";
      if (!isKnown) response.writeHead(401);
      response.end(JSON.stringify({ token: "t", refresh_token: "identity-token-1" }));
      return true;
    }
    if (url.pathname !== "/v2/") return false;
    if (request.headers.authorization === "Bearer t") response.end("{}");
    else {
      const challenge = `Bearer realm="http://${request.headers.host}/token",service="tests"`;
      response.writeHead(401, { "www-authenticate": challenge }).end();
    }
    return true;
  });
  t.after(() => tokens.stop());
  const wrong = await brig(["login", "-u", user, "--password-stdin", tokens.address], "nonsense");
  assert.match(wrong.stderr, /unauthorized: incorrect username or password/);
  const done = await brig(["login", "-u", user, "--password-stdin", tokens.address], password);
  assert.equal(done.code, 0, done.stderr);
  assert.deepEqual(config(), {
    auths: {
      [tokens.address]: { auth: Buffer.from(`${user}:`).toString("base64"), identitytoken: "identity-token-1" },
    },
  });
  assert.ok(!readFileSync(join(root.home, ".docker", "config.json"), "utf8").includes(auth));
  assert.match(
    (await brig(["login", tokens.address])).stdout,
    /^Authenticating with existing credentials.*\nLogin Suc/,
  );
  assert.deepEqual(seen, [`GET ${user} true`, `GET ${user} true`, "POST null null"]);
});

test("on a terminal the user and the password are asked for, and the password is not shown", async (t) => {
  const { root, config } = setting(t);
  const terminal = await Terminal.open({
    argv: brigCommand(root, ["login", registry.address]),
    env: brigEnvironment(root),
    directory: root.directory,
  });
  // Before the directory goes that holds the terminal's socket: hooks run in the order in which they were asked for.
  try {
    await terminal.waitFor(/Username:$/);
    await terminal.type(user, "Enter");
    await terminal.waitFor(/Password:$/);
    await terminal.type(`wrong`, "C-u");
    await terminal.type(`${password}x`, "BSpace", "Enter");
    const screen = await terminal.waitFor(/Login Succeeded/);
    assert.ok(!screen.includes(password));
    assert.ok(!screen.includes("wrong"));
  } finally {
    await terminal.close();
  }
  assert.deepEqual(config(), { auths: { [registry.address]: { auth } } });
});

test("while it runs, neither the command line nor the environment of any process shows the password", async (t) => {
  const { root } = setting(t);
  const secret = "marker-of-a-password-on-stdin";
  let found: string[] = [];
  let checked = false;
  const slow = await startFaultRegistry(makeImage(), (request, response) => {
    if (request.url !== "/v2/") return false;
    const processes = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
    found = processes.filter((pid) => ["cmdline", "environ"].some((name) => readProcess(pid, name).includes(secret)));
    checked = true;
    response.end("{}");
    return true;
  });
  t.after(() => slow.stop());
  const [program = "", ...args] = brigCommand(root, ["login", "-u", "me", "--password-stdin", slow.address]);
  const child = spawn(program, args, { env: brigEnvironment(root), stdio: ["pipe", "ignore", "ignore"] });
  child.stdin.end(secret);
  assert.equal(await new Promise((resolve) => child.once("exit", resolve)), 0);
  assert.ok(checked);
  assert.deepEqual(found, []);
});

function readProcess(pid: string, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, "utf8");
  } catch {
    return ""; // it has ended
  }
}
