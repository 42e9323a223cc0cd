import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import test, { after, before } from "node:test";
import { brigOk, disposeRoot, type TestRoot } from "../../support/brig.ts";
import { busyboxRoot } from "../../support/pulledRoot.ts";
import { removeRunning } from "../../support/runningContainer.ts";

let root: TestRoot;
let image: string;

before(async () => {
  ({ root, image } = await busyboxRoot());
});

after(async () => {
  await removeRunning(root, "web");
  disposeRoot(root);
});

/** The paths that docs/DIRECTORIES.md has below `ROOT` and `RUN`, as patterns. A path that ends in a slash has all below it. */
function documentedPaths(): readonly RegExp[] {
  const patterns: RegExp[] = [];
  let base = "";
  for (const line of readFileSync("docs/DIRECTORIES.md", "utf8").split("\n")) {
    const heading = /^## (?:[^`]*`([^`]+)`)?/.exec(line);
    if (heading !== null) base = heading[1] === "RUN" ? "" : (heading[1] ?? "");
    const cell = /^\| ([^|]*`[^|]*) \|/.exec(line)?.[1];
    if (cell === undefined || base === "") if (cell?.includes("`RUN/") !== true) continue;
    let before = "";
    for (const [, path = ""] of (cell ?? "").matchAll(/`([^`]+)`/g)) {
      const sibling = path.includes("/") ? "" : before.slice(0, before.lastIndexOf("/") + 1);
      const whole = path.startsWith("RUN/") ? path : /^\.\d/.test(path) ? `${before}${path}` : `${sibling}${path}`;
      patterns.push(patternOf(whole.startsWith("RUN/") ? whole : `${base}/${whole}`));
      before = whole;
    }
  }
  return patterns;
}

/** Words in capitals stand for names, brackets for what may be missing. */
function patternOf(path: string): RegExp {
  const [room = "", ...rest] = path.split("/");
  const text = rest
    .join("/")
    .replace(/[.+^${}()|\\]/g, "\\$&")
    .replace(/\*/g, "[^/]*")
    .replace(/\[([^\]]*)\]$/, "(?:$1)?")
    .replace(/[A-Z]{2,}/g, "[^/]+")
    .replace(/\/$/, "(?:/.*)?");
  return new RegExp(`^${room}/${text}$`);
}

function filesBelow(directory: string, name: string): readonly string[] {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const path = `${name}/${entry.name}`;
    return entry.isDirectory() ? filesBelow(join(directory, entry.name), path) : [path];
  });
}

test("every file that brig leaves below its roots is in docs/DIRECTORIES.md", async () => {
  await brigOk(["network", "create", "app"], { root });
  const flags = ["--network", "app", "-p", "18080:80", "-v", "data:/data", "--health-cmd", "true"];
  await brigOk(["run", "-d", "--name", "web", ...flags, image, "sleep", "1000"], { root });
  await brigOk(["exec", "-d", "web", "sleep", "1000"], { root });
  await brigOk(["run", "--name", "gone", "--network", "none", image, "true"], { root });
  const documented = documentedPaths();
  assert.ok(documented.length > 50, `only ${documented.length} paths are documented`);
  const files = [...filesBelow(root.root, "ROOT"), ...filesBelow(root.runRoot, "RUN")];
  assert.ok(files.length > 40);
  assert.deepEqual(
    files.filter((path) => !documented.some((pattern) => pattern.test(path))),
    [],
  );
  await brigOk(["rm", "gone"], { root });
});
