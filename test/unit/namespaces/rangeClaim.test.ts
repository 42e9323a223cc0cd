import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { releaseIdRange, reserveIdRange, shareIdRange } from "../../../src/namespaces/index.ts";

/*
 * This file starts itself as a child process: only processes meet between two system calls.
 */
const [childRoot, childNumber] = (process.env.BRIG_RANGE_CHILD ?? "").split(" ");
const range = { firstId: 2 ** 29, size: 65_536 };
const isAlive = (): boolean => true;

if (childRoot === undefined || childRoot === "") test(title(), () => withRoot(meet));
else for (let turn = 0; turn < 300; turn += 1) await comeAndGo(childRoot, `guest${childNumber}-${turn}`);

function title(): string {
  return "processes that share a range and leave it at the same moments, its owner among them, all get it and leave nothing";
}

async function comeAndGo(root: string, containerId: string): Promise<void> {
  await shareIdRange({ root, range, containerId });
  await releaseIdRange(root, containerId, range);
}

async function withRoot(action: (root: string) => Promise<void>): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), "brig-claims-"));
  try {
    await action(root);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

async function meet(root: string): Promise<void> {
  assert.deepEqual(await reserveIdRange({ root, containerId: "owner", isAlive, pools: [range] }), range);
  await shareIdRange({ root, range, containerId: "last" }); // so that somebody always has it
  const guests = [1, 2, 3, 4].map((number) => guest(root, number));
  await releaseIdRange(root, "owner", range);
  assert.deepEqual(
    await Promise.all(guests),
    guests.map(() => "0 "),
  );
  await releaseIdRange(root, "last", range);
  assert.deepEqual(readdirSync(join(root, "idranges")), []);
}

async function guest(root: string, number: number): Promise<string> {
  const env = { ...process.env, BRIG_RANGE_CHILD: `${root} ${number}` };
  const child = spawn(process.execPath, [process.argv[1] ?? ""], { env, stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  const [code] = await once(child, "close");
  return `${code} ${said}`;
}
