import assert from "node:assert/strict";
import test from "node:test";
import { number, text, word } from "../../../../src/launch/verify/tracedArgs.ts";
import { parseTracedCall } from "../../../../src/launch/verify/tracedCall.ts";

const hex = (bytes: string) => Buffer.from(bytes, "utf8").toString("hex").replace(/../g, "\\x$&");

test("parseTracedCall() reads numbers, flags, strings, lists and structures", () => {
  const call = parseTracedCall(`openat(-100, "${hex("/etc")}", 0x80000|0x1, 0644) = 3`);
  assert.ok(call !== undefined);
  assert.deepEqual([call.name, call.result, call.errno], ["openat", 3, undefined]);
  assert.deepEqual(
    [word(call, 0), text(call, 1), number(call, 2), number(call, 3)],
    ["-100", "/etc", 0x80001n, 0o644n],
  );
  const failed = parseTracedCall(
    'openat2(3, "\\x61", {flags=0x80900, resolve=0x12}, 24) = -1 ENOENT (No such file or directory)',
  );
  assert.deepEqual([failed?.result, failed?.errno, failed && word(failed, 2, "resolve")], [-1, "ENOENT", "0x12"]);
  const made = parseTracedCall(
    "clone3({flags=0x27c029000, pidfd=0x16c5e14, exit_signal=0, cgroup=15} => {pidfd=[31]}, 88) = 12 /* 4711 in strace's PID NS */",
  );
  assert.deepEqual([made?.result, made?.hostPid, made && word(made, 0, "cgroup")], [12, 4711, "15"]);
  const filter = parseTracedCall(
    "seccomp(0x1, 0x4, {len=2, filter=[BPF_STMT(0|0|0x20, 0x4), BPF_JUMP(0x5|0|0x10, 0xc000003e, 0x1, 0)]}) = 0",
  );
  assert.equal(filter && word(filter, 2, "len"), "2");
});

test("parseTracedCall() takes strings that look like a part of the line for what they are", () => {
  for (const hostile of [
    '") = 0',
    "\n+++ exited with 0 +++\n",
    "} => {a=[1]}",
    "\\x22, 0) = -1 EPERM /* 7 in */",
    "<unfinished ...>",
    "\u0000\ufffd",
  ]) {
    const call = parseTracedCall(`openat(-100, "${hex(hostile)}", 0) = 5`);
    assert.ok(call !== undefined);
    assert.equal(Buffer.from(text(call, 1), "latin1").toString("utf8"), hostile);
    assert.deepEqual([call.args.length, call.result, call.errno, call.hostPid], [3, 5, undefined, undefined]);
  }
});

test("parseTracedCall() passes over what is no call that ended", () => {
  for (const line of ["", "+++ exited with 0 +++", "--- SIGCHLD {si_signo=17} ---", "recvfrom(3,  <detached ...>"]) {
    assert.equal(parseTracedCall(line), undefined);
  }
  assert.deepEqual(parseTracedCall("exit_group(0) = ?"), { name: "exit_group", args: [{ kind: "word", text: "0" }] });
});

test("parseTracedCall() refuses what it does not understand, in time", () => {
  for (const line of [
    "word",
    "open(",
    'open("abc") = 1',
    "open({a={b}) = 1",
    `open(${"[".repeat(100_000)}`,
    `f(${"{a=".repeat(50)}1`,
  ])
    assert.throws(() => parseTracedCall(line), /no system call/);
  const long = parseTracedCall(`write(1, "${"\\x41".repeat(1_000_000)}", 1000000) = 1000000`);
  assert.equal(long && text(long, 1).length, 1_000_000);
});
