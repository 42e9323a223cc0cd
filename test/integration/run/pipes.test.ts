import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import test, { after, before } from "node:test";
import { brigCommand, brigEnvironment, disposeRoot, runBrig, type TestRoot } from "../../support/brig.ts";
import { BrigProcess } from "../../support/brigProcess.ts";
import { busyboxRoot } from "../../support/pulledRoot.ts";

let root: TestRoot;
let image: string;

before(async () => {
  ({ root, image } = await busyboxRoot());
});

after(() => disposeRoot(root));

/** A file limit that every caller may set, so that brig has nothing to tell on stderr. */
const nofile = ["--ulimit", "nofile=1024:1024"];
const run = (...args: readonly string[]) => ["run", "--rm", "--network", "none", ...nofile, ...args];

/** Runs a script of bash whose "$@" is a brig command; resolves with what the script printed. */
async function inShell(script: string, args: readonly string[]): Promise<string> {
  const shell = spawn("/bin/bash", ["-c", script, "bash", ...brigCommand(root, args)], {
    env: brigEnvironment(root),
    stdio: ["ignore", "pipe", "inherit"],
    timeout: 180_000,
  });
  let output = "";
  shell.stdout.setEncoding("utf8").on("data", (text: string) => {
    output += text;
  });
  await once(shell, "close");
  return output;
}

test("`brig run ... yes | head -1` ends, with the status of a payload that may not write any more", async () => {
  // The kernel keeps SIGPIPE from the first process of a pid namespace (pid_namespaces(7)): it sees EPIPE instead.
  assert.equal(await inShell('"$@" 2>/dev/null | head -1; echo "$PIPESTATUS"', run(image, "yes")), "y\n1\n");
  assert.equal(await inShell('"$@" | head -1; echo "$PIPESTATUS"', run("--init", image, "yes")), "y\n141\n");
});

test("100 MB of random bytes go through the payload unchanged", async () => {
  const [program = "", ...args] = brigCommand(root, run("-i", image, "cat"));
  const child = spawn(program, args, { env: brigEnvironment(root), stdio: ["pipe", "pipe", "inherit"] });
  const [sent, received] = [createHash("sha256"), createHash("sha256")];
  let receivedBytes = 0;
  child.stdout.on("data", (piece: Buffer) => {
    received.update(piece);
    receivedBytes += piece.length;
  });
  const closed = once(child, "close");
  for (let index = 0; index < 100; index++) {
    const piece = randomBytes(1_000_000);
    sent.update(piece);
    if (!child.stdin.write(piece)) await once(child.stdin, "drain");
  }
  child.stdin.end();
  const [code] = await closed;
  assert.deepEqual(
    { code, receivedBytes, digest: received.digest("hex") },
    { code: 0, receivedBytes: 100_000_000, digest: sent.digest("hex") },
  );
});

test("stdout and stderr stay apart, and no byte of them is changed", async () => {
  const script = String.raw`printf 'a\000b\r\n\377' ; printf 'e\033[0m\n' >&2; exit 4`;
  const result = await runBrig(run(image, "sh", "-c", script), { root });
  assert.equal(result.code, 4);
  assert.deepEqual([...result.stdoutBytes], [0x61, 0, 0x62, 0x0d, 0x0a, 0xff]);
  assert.equal(result.stderr, "e\u001b[0m\n");
});

test("without -i the payload reads an empty stdin, whatever brig's own stdin holds", async () => {
  const result = await runBrig(run(image, "cat"), { root, stdin: "not for you" });
  assert.deepEqual({ code: result.code, stdout: result.stdout }, { code: 0, stdout: "" }, result.stderr);
});

test("with -i the payload reads to the end of stdin", async () => {
  const result = await runBrig(run("-i", image, "wc", "-c"), { root, stdin: "12345" });
  assert.deepEqual({ code: result.code, stdout: result.stdout }, { code: 0, stdout: "5\n" }, result.stderr);
});

test("a closed stdin is an empty stdin", async () => {
  assert.equal(await inShell('"$@" <&-; echo "status:$?"', run("-i", image, "wc", "-c")), "0\nstatus:0\n");
});

test("a closed stdout does not keep the payload from running to its end", async () => {
  const args = run("-v", `${root.home}:/out`, image, "sh", "-c", "echo lost; touch /out/ran");
  assert.match(
    await inShell('"$@" >&- 2>/dev/null; echo "status:$?"; test -e "$HOME/ran" && echo ran', args),
    /ran\n$/,
  );
});

test("brig ends with the payload although its stdin stays open", async () => {
  const brig = new BrigProcess(run("-i", image, "sh", "-c", "read line; echo got $line; exit 6"), root);
  try {
    brig.child.stdin.write("first\n");
    assert.equal(await brig.ended, 6);
    assert.equal(brig.stdout, "got first\n");
  } finally {
    brig.dispose();
  }
});

test("a payload that stops reading does not block the sender for ever", async () => {
  const big = Buffer.alloc(8_000_000, "x");
  const result = await runBrig(run("-i", image, "head", "-c", "1"), { root, stdin: big });
  assert.deepEqual({ code: result.code, stdout: result.stdout }, { code: 0, stdout: "x" }, result.stderr);
});

test("a process that the payload left in the background is gone when brig ends", async () => {
  const result = await runBrig(run(image, "sh", "-c", "(sleep 1000; echo never) & echo done"), { root });
  assert.deepEqual({ code: result.code, stdout: result.stdout }, { code: 0, stdout: "done\n" }, result.stderr);
});
