import assert from "node:assert/strict";
import test from "node:test";
import { startsShell, wantsInit } from "../../../../src/container/run/startsShell.ts";

test("startsShell() knows shells by their names, by themselves and through env and busybox", () => {
  for (const command of ["sh", "/bin/bash -c x", "dash", "ash", "busybox sh", "/bin/busybox ash -c x"]) {
    assert.equal(startsShell(command.split(" ")), true, command);
  }
  for (const command of ["env sh", "/usr/bin/env -i A=b bash", "env busybox sh", "env env sh"]) {
    assert.equal(startsShell(command.split(" ")), true, command);
  }
  for (const command of [
    "",
    "redis-server",
    "/sh/app",
    "busybox",
    "busybox httpd",
    "busybox busybox sh",
    "env",
    "env A=b",
    "env A=/bin/sh",
    "env -i x sh",
    "shx",
  ]) {
    assert.equal(startsShell(command.split(" ")), false, command);
  }
});

test("wantsInit() asks for the command only with auto", () => {
  assert.deepEqual([wantsInit(true, ["x"]), wantsInit(false, ["sh"]), wantsInit("auto", ["sh"])], [true, false, true]);
});
