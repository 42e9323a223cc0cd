import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { brigOk, type TestRoot } from "./brig.ts";
import { type HandEntry, handArchive } from "./handTar.ts";

const applets: readonly string[] = execFileSync("/bin/busybox", ["--list"], { encoding: "utf8" })
  .trim()
  .split("\n")
  .filter((name) => name !== "busybox");

/** A root file system with busybox, as entries of an archive; others may follow, and take the place of some. */
export const busyboxEntries: readonly HandEntry[] = [
  { name: "bin/", type: "5", mode: 0o755 },
  { name: "bin/busybox", mode: 0o755, content: readFileSync("/bin/busybox") },
  ...applets.map((name) => ({ name: `bin/${name}`, type: "2", link: "busybox" })),
  { name: "etc/", type: "5", mode: 0o755 },
  { name: "etc/passwd", content: "root:x:0:0:root:/root:/bin/sh\napp:x:1000:1000::/:/bin/sh\n" },
  { name: "etc/group", content: "root:x:0:\napp:x:1000:\nextra:x:1500:app\n" },
];

export interface HostileImage {
  readonly name: string;
  /** On top of busybox. */
  readonly entries?: readonly HandEntry[];
  /** Dockerfile instructions. */
  readonly changes?: readonly string[];
}

/** Makes an image of busybox and what is wanted besides, without a registry. */
export async function importHostile(root: TestRoot, image: HostileImage): Promise<void> {
  const changes = ["ENV PATH=/bin", ...(image.changes ?? [])].flatMap((change) => ["--change", change]);
  const stdin = handArchive([...busyboxEntries, ...(image.entries ?? [])]);
  await brigOk(["import", ...changes, "-", image.name], { root, stdin });
}

/** Flags of a run that needs no network and has nothing to tell on stderr. */
export const quietRun = ["run", "--rm", "--network", "none", "--ulimit", "nofile=1024:1024"] as const;
