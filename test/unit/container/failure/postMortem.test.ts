import assert from "node:assert/strict";
import test from "node:test";
import { executableFormat } from "../../../../src/container/failure/executableFormat.ts";
import {
  diagnoseExec,
  type ExecFailure,
  interpretersOf,
  type SeenFile,
} from "../../../../src/container/failure/postMortem.ts";

const regular = 0o100755;

function file(text: string | Uint8Array, mode = regular): SeenFile {
  return { bytes: typeof text === "string" ? new TextEncoder().encode(text) : text, mode };
}

/** A 64-bit little-endian ELF file with, at most, a PT_INTERP segment (elf(5)). */
function elf(machine: number, interpreter?: string): Uint8Array {
  const bytes = new Uint8Array(256);
  const view = new DataView(bytes.buffer);
  bytes.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  view.setUint16(18, machine, true);
  if (interpreter === undefined) return bytes;
  view.setBigUint64(32, 64n, true);
  view.setUint16(54, 56, true);
  view.setUint16(56, 1, true);
  view.setUint32(64, 3, true);
  view.setBigUint64(72, 120n, true);
  view.setBigUint64(96, BigInt(interpreter.length + 1), true);
  bytes.set(new TextEncoder().encode(interpreter), 120);
  return bytes;
}

function diagnose(errno: string, files: Readonly<Record<string, SeenFile>>, more: Partial<ExecFailure> = {}) {
  return diagnoseExec({
    command: "/app",
    candidates: ["/app"],
    errno,
    files: new Map(Object.entries(files)),
    architecture: "amd64",
    noexecMounts: ["/proc"],
    uid: 0,
    ...more,
  });
}

test("diagnoseExec() names the reason and chooses between 126 and 127", () => {
  const libc = "/lib64/ld-linux-x86-64.so.2";
  const cases: readonly (readonly [ReturnType<typeof diagnose>, string, RegExp])[] = [
    [diagnose("ENOENT", {}), "commandNotFound", /^exec: "\/app": stat \/app: no such file or directory$/],
    [
      diagnose("ENOENT", {}, { command: "app", candidates: ["/bin/app"] }),
      "commandNotFound",
      /^exec: "app": executable file not found in \$PATH$/,
    ],
    [
      diagnose("ENOEXEC", { "/app": file(elf(183)) }),
      "commandNotExecutable",
      /"\/app" is built for arm64, this machine is amd64$/,
    ],
    [
      diagnose("ENOENT", { "/app": file(elf(62, libc)) }),
      "commandNotFound",
      /needs the program interpreter "\/lib64\/ld-linux-x86-64.so.2"/,
    ],
    [
      diagnose("ENOENT", { "/app": file("#!/bin/sh\r\nx") }),
      "commandNotFound",
      /names the interpreter "\/bin\/sh" and ends in CRLF$/,
    ],
    [diagnose("ENOENT", { "/app": file("#! /bin/bash -e\n") }), "commandNotFound", /no interpreter "\/bin\/bash"/],
    [
      diagnose("ENOEXEC", { "/app": file("echo hi\n") }),
      "commandNotExecutable",
      /neither a program for Linux nor a script/,
    ],
    [diagnose("ENOEXEC", { "/app": file("") }), "commandNotExecutable", /"\/app" is empty$/],
    [diagnose("EACCES", { "/app": file("x", 0o100644) }), "commandNotExecutable", /has no execute permission$/],
    [
      diagnose("EACCES", { "/app": { errno: "EISDIR", bytes: new Uint8Array(), mode: 0o040755 } }),
      "commandNotExecutable",
      /is a directory$/,
    ],
    [
      diagnose("EACCES", { "/proc/x": file("x") }, { candidates: ["/proc/x"] }),
      "commandNotExecutable",
      /"\/proc", which is mounted noexec$/,
    ],
    [
      diagnose("EACCES", { "/app": file("x", 0o100700) }, { uid: 7 }),
      "commandNotExecutable",
      /may not be executed by the user 7$/,
    ],
    [diagnose("ELOOP", {}), "commandNotExecutable", /too many levels of symbolic links$/],
  ];
  for (const [diagnosis, code, message] of cases) {
    assert.match(diagnosis.message, message);
    assert.equal(diagnosis.code, code, diagnosis.message);
  }
});

test("diagnoseExec() follows a script to the interpreter of its interpreter", () => {
  const musl = "/lib/ld-musl-x86_64.so.1";
  const files = { "/app": file("#!/bin/python\n"), "/bin/python": file(elf(62, musl)) };
  assert.deepEqual(interpretersOf(new Map(Object.entries(files))), ["/bin/python", musl]);
  const { message, hint } = diagnose("ENOENT", files);
  assert.match(message, /"\/bin\/python" needs the program interpreter "\/lib\/ld-musl-x86_64.so.1"/);
  assert.match(hint ?? "", /musl/);
});

test("executableFormat() takes any bytes", () => {
  for (let length = 0; length < 200; length += 1) {
    const bytes = elf(62, "/lib/x").subarray(0, length);
    assert.ok(["elf", "other", "empty"].includes(executableFormat(bytes).kind));
  }
  const wild = elf(62, "/lib/x");
  for (let at = 16; at < 128; at += 1) {
    const changed = Uint8Array.from(wild);
    changed.fill(0xff, at, at + 8);
    executableFormat(changed);
  }
  assert.deepEqual(executableFormat(new TextEncoder().encode("#!")), {
    kind: "script",
    interpreter: "",
    carriageReturn: false,
  });
});
