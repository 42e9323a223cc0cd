import assert from "node:assert/strict";
import { readFileSync, statSync } from "node:fs";
import test, { after, before } from "node:test";
import { brigOk, disposeRoot, runBrig, type TestRoot } from "../../support/brig.ts";
import { busyboxLayout } from "../../support/fixtures.ts";
import { pulledRoot } from "../../support/pulledRoot.ts";

let root: TestRoot;
let image: string;

before(async () => {
  const pulled = await pulledRoot({ busybox: { layout: await busyboxLayout(), tag: "entry" } });
  root = pulled.root;
  image = pulled.reference("busybox");
});

after(async () => {
  await runBrig(["rm", "-f", "-v", "box"], { root });
  disposeRoot(root);
});

test("inspect prints Docker's document, in Docker's order", async () => {
  const flags = ["--name", "box", "--network", "none", "--ulimit", "nofile=1024:2048", "-e", "A=b", "-l", "k=v"];
  const more = [
    "--cap-add",
    "NET_ADMIN",
    "--entrypoint",
    "sleep",
    "-v",
    "data:/data:ro",
    "--tmpfs",
    "/scratch:size=1m",
  ];
  await brigOk(["run", "-d", ...flags, ...more, image, "1000"], { root });
  const [box] = JSON.parse((await brigOk(["inspect", "box"], { root })).stdout);
  assert.deepEqual(Object.keys(box), [
    "Id",
    "Created",
    "Path",
    "Args",
    "State",
    "Image",
    "ResolvConfPath",
    "HostnamePath",
    "HostsPath",
    "LogPath",
    "Name",
    "RestartCount",
    "Driver",
    "Platform",
    "MountLabel",
    "ProcessLabel",
    "AppArmorProfile",
    "ExecIDs",
    "HostConfig",
    "GraphDriver",
    "Mounts",
    "Config",
    "NetworkSettings",
    "Brig",
  ]);
  assert.deepEqual([box.Path, box.Args, box.Name], ["sleep", ["1000"], "/box"]);
  assert.deepEqual([box.Config.Entrypoint, box.Config.Cmd], [["sleep"], ["1000"]]);
  assert.deepEqual(box.Config.Labels, { k: "v" });
  assert.ok(box.Config.Env.includes("A=b"));
  assert.deepEqual(box.HostConfig.CapAdd, ["NET_ADMIN"]);
  assert.deepEqual(box.HostConfig.Binds, ["data:/data:ro"]);
  assert.deepEqual(box.HostConfig.Tmpfs, { "/scratch": "size=1048576" });
  assert.deepEqual(box.HostConfig.Ulimits, [{ Name: "nofile", Hard: 2048, Soft: 1024 }]);
  assert.deepEqual(box.Mounts, [
    {
      Type: "volume",
      Name: "data",
      Source: `${root.root}/volumes/data/_data`,
      Destination: "/data",
      Driver: "local",
      Mode: "ro",
      RW: false,
      Propagation: "",
    },
  ]);
  assert.equal(box.State.Status, "running");
  assert.match(readFileSync(`/proc/${box.State.Pid}/cmdline`, "utf8"), /^sleep\x001000/);
  assert.ok(statSync(box.ResolvConfPath).isFile());
  assert.deepEqual(Object.keys(box.NetworkSettings.Networks), ["none"]);
  assert.equal(box.Brig.UserNamespace.UidMappings[0].size, 65536);
});

test("the fields that scripts ask for are there, running and ended", async () => {
  const field = async (format: string) => (await brigOk(["inspect", "-f", format, "box"], { root })).stdout.trimEnd();
  assert.equal(await field("{{.State.Running}}"), "true");
  assert.equal(await field("{{if .State.Health}}{{.State.Health.Status}}{{else}}none{{end}}"), "none");
  assert.equal(await field("{{.HostConfig.RestartPolicy.Name}}"), "no");
  assert.equal(await field('{{index .Config.Labels "k"}}'), "v");
  assert.equal(await field("{{range .Mounts}}{{.Name}}:{{.Destination}};{{end}}"), "data:/data;");
  assert.equal(await field("{{range $p, $c := .NetworkSettings.Ports}}{{$p}}{{end}}"), "");
  await brigOk(["kill", "box"], { root });
  await brigOk(["wait", "box"], { root });
  assert.equal(await field("{{.State.Status}} {{.State.ExitCode}} {{.State.Pid}}"), "exited 137 0");
  assert.match(await field("{{.Brig.Why}}"), /^ended by SIGKILL/);
});

test("inspect finds containers, images and volumes, and says what it does not find", async () => {
  const { stdout, stderr, code } = await runBrig(["inspect", "box", image, "data", "nosuch"], { root });
  assert.equal(JSON.parse(stdout).length, 3);
  assert.match(stderr, /no such object: nosuch/);
  assert.equal(code, 1);
  const wrong = await runBrig(["inspect", "--type", "volume", "box"], { root });
  assert.match(wrong.stderr, /get box: no such volume/);
  assert.match((await runBrig(["container", "inspect", "data"], { root })).stderr, /No such container: data/);
  assert.match((await runBrig(["volume", "inspect", "../images"], { root })).stderr, /no such volume/);
});
