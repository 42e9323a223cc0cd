import assert from "node:assert/strict";
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test, { after, before } from "node:test";
import { brigOk, disposeRoot, runBrig, type TestRoot } from "../../support/brig.ts";
import { busyboxRoot } from "../../support/pulledRoot.ts";
import { removeEvery } from "../../support/runningContainer.ts";

let root: TestRoot;
let image: string;

const nofile = ["--ulimit", "nofile=512:1024"];

before(async () => {
  ({ root, image } = await busyboxRoot());
  const network = ["--network", "apps", "-p", "8080:80", "-p", "127.0.0.1:8443:443"];
  const rest = ["-v", "stored:/data", "-e", "TOKEN=geheim", "--cap-drop", "chown", "--label", "team=shop"];
  await brigOk(["network", "create", "--subnet", "10.77.0.0/24", "apps"], { root });
  await brigOk(["run", "-d", "--name", "web", ...nofile, ...network, ...rest, image, "sleep", "1000"], { root });
});

after(async () => {
  await removeEvery(root);
  await brigOk(["network", "rm", "apps"], { root });
  disposeRoot(root);
});

async function report(...args: readonly string[]): Promise<string> {
  return (await brigOk(["report", ...args], { root })).stdout;
}

/** The text of a section of the page, without its tags. */
function section(page: string, name: string): string {
  const [, from = ""] = page.split(`<section id="${name}"`);
  return (from.split("</section>")[0] ?? "")
    .replace(/<[^>]*>/g, " ")
    .replace(/&#(\d+);/g, (_, code) => String.fromCodePoint(Number(code)))
    .replace(/\s+/g, " ");
}

test("report shows a running container as the kernel, its journal and its network know it", async () => {
  const page = await report("web");
  const pid = (await brigOk(["inspect", "-f", "{{.State.Pid}}", "web"], { root })).stdout.trim();
  const { calls } = JSON.parse((await brigOk(["explain", "--format", "json", "web"], { root })).stdout) as {
    readonly calls: readonly { readonly step: string }[];
  };
  assert.match(section(page, "timeline"), new RegExp(` by ${calls.length} system calls `));
  for (const step of new Set(calls.map((call) => call.step))) {
    assert.match(
      page,
      new RegExp(`<article id="step-\\d+"[^>]*><h4><code>${step.replace(/[.]/g, "[.]")}</code>`),
      step,
    );
  }
  assert.match(page, new RegExp(`<dd>${pid}</dd>`));
  const mapped = readFileSync(`/proc/${pid}/uid_map`, "utf8").trim().split(/ +/)[1] ?? "";
  assert.ok(section(page, "namespaces").includes(`${Number(mapped).toLocaleString("en-US")} - `), mapped);
  assert.match(section(page, "mounts"), /\/data ext4|\/data \w+ \S*\/volumes\/stored\/_data /);
  const network = section(page, "network");
  assert.match(
    network,
    /0\.0\.0\.0:8080 .* 10\.77\.0\.2:80 .* br-[0-9a-f]{12} .* bv[0-9a-f]{12} .* eth0 .* 10\.77\.0\.2\/24/,
  );
  assert.match(network, /@address4 tcp \. 8080 : 10\.77\.0\.2 /);
  assert.match(network, /@port-at4 tcp \. 127\.0\.0\.1 \. 8443 : 443 /);
  assert.match(network, /ct status dnat oifname @bridges accept/);
  assert.match(section(page, "privileges"), /Only with Docker: 4 − CHOWN/);
  assert.match(section(page, "flags"), /--cap-drop .* capabilities: -CAP_CHOWN/);
  assert.match(section(page, "flags"), /--env .* env: \+TOKEN/);
});

test("report tells the user namespaces that own the others, as lsns does", async () => {
  const page = await report("web");
  const { Pid } = JSON.parse((await brigOk(["inspect", "-f", "{{json .State}}", "web"], { root })).stdout) as {
    readonly Pid: number;
  };
  const [, user = ""] = /uts:\[(\d+)\]/.exec(`uts:[${statSync(`/proc/${Pid}/ns/user`).ino}]`) ?? [];
  const text = section(page, "namespaces");
  const own = text.slice(text.indexOf(`User namespace ${user}, the container`));
  for (const kind of ["mnt", "pid", "net", "uts", "ipc", "cgroup"]) {
    assert.match(own, new RegExp(`${kind} [a-z ]+ ${statSync(`/proc/${Pid}/ns/${kind}`).ino} ● its own`), kind);
  }
  const host = text.slice(0, text.indexOf(`User namespace ${user}, the container`));
  assert.match(host, new RegExp(`time [a-z ]+ ${statSync("/proc/self/ns/time").ino} ◇ the same as the host`));
});

test("report shows whom a container shares namespaces with", async () => {
  const flags = ["--network", "container:web", "--uts", "host"];
  await brigOk(["run", "-d", "--name", "beside", ...nofile, ...flags, image, "sleep", "1000"], { root });
  const page = await report("beside");
  assert.match(section(page, "namespaces"), /net [a-z ]+ \d+ ◇ shared with web Journal: join\.namespaces/);
  assert.match(section(page, "namespaces"), /uts [a-z ]+ \d+ ◇ the same as the host/);
  assert.match(section(page, "network"), /network namespace of another one, web/);
  await brigOk(["rm", "-f", "beside"], { root });
});

test("report works for a container without a network, with the host's, and with one that was removed", async () => {
  for (const [mode, sentence] of [
    ["none", /nothing but its loopback/],
    ["host", /has the network of the host/],
  ] as const) {
    await brigOk(["run", "-d", "--name", mode, ...nofile, "--network", mode, image, "sleep", "1000"], { root });
    assert.match(section(await report(mode), "network"), sentence);
  }
  await brigOk(["network", "create", "going"], { root });
  await brigOk(["create", "--name", "left", ...nofile, "--network", "going", image, "true"], { root });
  await brigOk(["network", "rm", "-f", "going"], { root }).catch(() => undefined);
  assert.match(await report("left"), /<h1>left<\/h1>/);
  await brigOk(["rm", "-f", "none", "host", "left"], { root });
});

test("report of an ended container says how it ended and what was recorded of it", async () => {
  assert.equal((await runBrig(["run", "--name", "over", ...nofile, image, "sh", "-c", "exit 3"], { root })).code, 3);
  const page = await report("over");
  assert.match(page, /Ended with status 3/);
  assert.match(section(page, "timeline"), /The last start was carried out at/);
  assert.match(section(page, "groups"), /the counters that its monitor kept .* Processor time \d/);
  assert.match(section(page, "mounts"), /no mounts while it does not run/);
  await brigOk(["rm", "over"], { root });
});

test("report of a container that could not be started shows the call that failed", async () => {
  const failed = await runBrig(["run", "--name", "broken", ...nofile, image, "/missing"], { root });
  assert.equal(failed.code, 127);
  const page = await report("broken");
  assert.match(section(page, "timeline"), /The last start failed .* execve\("\/missing"\) = ENOENT/);
  await brigOk(["rm", "broken"], { root });
});

test("report of a container that was never started shows the plan of its start", async () => {
  await brigOk(["create", "--name", "made", ...nofile, "-p", "9000:90", image, "true"], { root });
  const page = await report("made");
  assert.match(section(page, "timeline"), /was never started: .* clone .* exec/);
  assert.match(section(page, "network"), /9000:90\/tcp/);
  assert.match(section(page, "journal"), /clone .* the container's first process/);
  await brigOk(["rm", "made"], { root });
});

test("nothing that a container brings along becomes markup, and no value of a variable is shown", async () => {
  const attack = "<script>alert(1)</script><img src=x onerror=alert(1)>";
  const directory = join(root.directory, "<b>bind");
  mkdirSync(directory);
  await brigOk(
    ["run", "--name", "source", "--network", "none", ...nofile, image, "touch", `/${attack.replaceAll("/", "_")}`],
    { root },
  );
  const changes = [
    "-c",
    `ENV SECRET=geheim ${"X".repeat(20)}=geheim`,
    "-c",
    `LABEL ${JSON.stringify(`a="${attack}"`)}`,
  ];
  await brigOk(["commit", "-m", attack, ...changes, "source", "evil"], { root });
  const flags = ["-v", `${directory}:/<i>mount`, "-e", `<u>=geheim`, "--label", `"><a href=x>=${attack}`];
  const command = ["sh", "-c", `sleep 1000 # ${attack}`];
  await brigOk(["run", "-d", "--name", "evil", "--network", "none", ...nofile, ...flags, "evil", ...command], { root });
  for (const page of [await report("evil"), await report("--lang", "ko", "evil")]) {
    assert.equal(page.includes("geheim"), false);
    assert.equal(/<(?:script|img|u>|i>mount|b>bind|a href=x)/.exec(page)?.[0], undefined);
    assert.ok(page.includes("&lt;script&gt;alert(1)&lt;/script&gt;"));
    assert.ok(page.includes("&lt;i&gt;mount"));
    assert.ok(page.includes("SECRET"));
  }
  await brigOk(["rm", "-f", "evil", "source"], { root });
});

test("report writes a file whole or not at all, in the language of the caller", async () => {
  const path = join(root.directory, "page.html");
  writeFileSync(path, "old", { mode: 0o644 });
  const written = await brigOk(["report", "web", "-o", "page.html"], {
    root,
    cwd: root.directory,
    env: { LC_ALL: "ko_KR.UTF-8" },
  });
  assert.equal(written.stdout, "");
  assert.match(readFileSync(path, "utf8"), /^<!DOCTYPE html>\n<html lang="ko">[\s\S]*<\/html>\n$/);
  assert.match(await report("--lang", "en", "-o", "-", "web"), /<html lang="en">/);
  assert.match((await brigOk(["--lang", "ko", "report", "web"], { root })).stdout, /<html lang="ko">/);
  const closed = join(root.directory, "gone", "page.html");
  const refused = await runBrig(["report", "web", "-o", closed], { root });
  assert.equal(refused.code, 1);
  assert.match(refused.stderr, /^brig: cannot write ".*gone\/page\.html": /);
  chmodSync(path, 0o644);
  assert.deepEqual(
    readdirSync(root.directory).filter((name) => name.endsWith(".tmp")),
    [],
  );
});

test("report refuses what it does not understand", async () => {
  const missing = await runBrig(["report", "nobody", "-o", join(root.directory, "none.html")], { root });
  assert.equal(missing.code, 1);
  assert.match(missing.stderr, /No such container: nobody/);
  assert.match((await runBrig(["report", "--lang", "fr", "web"], { root })).stderr, /no messages in "fr"/);
  assert.match((await runBrig(["report", "-o", "", "web"], { root })).stderr, /no file is named/);
  assert.match((await runBrig(["report"], { root })).stderr, /requires 1 argument/);
  assert.equal(readdirSync(root.directory).includes("none.html"), false);
});
