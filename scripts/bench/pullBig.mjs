// Pulling and unpacking a 250 MB layer from docker-registry against skopeo and umoci.
import { spawn } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { get } from "node:http";
import { createServer } from "node:net";
import { join } from "node:path";
import { runQuiet } from "../steps/command.mjs";
import { brigPath } from "../steps/project.mjs";
import { makeBigLayout } from "./bigLayer.mjs";
import { benchDirectory, environment } from "./root.mjs";
import { summarise, timeOnce } from "./timing.mjs";

export async function comparePull({ rounds }) {
  const layout = join(benchDirectory, "big");
  const { compressedBytes } = await makeBigLayout(layout);
  const registry = await startRegistry();
  try {
    const image = `${registry.address}/big`;
    runQuiet("skopeo", [
      "--insecure-policy",
      "copy",
      "-q",
      "--dest-tls-verify=false",
      `oci:${layout}:latest`,
      `docker://${image}:latest`,
    ]);
    return { compressedBytes, ...(await measure(image, rounds)) };
  } finally {
    await registry.stop();
  }
}

async function measure(image, rounds) {
  const times = { brig: [], skopeo: [], umoci: [], both: [] };
  const peaks = { brig: 0, skopeo: 0, umoci: 0 };
  const note = (name, { milliseconds, peakBytes }) => {
    times[name].push(milliseconds);
    peaks[name] = Math.max(peaks[name], peakBytes);
    return milliseconds;
  };
  const scratch = join(benchDirectory, "oracle");
  const env = environment("pull");
  const clear = () => {
    for (const path of [scratch, env.BRIG_ROOT, env.BRIG_RUN_ROOT]) rmSync(path, { recursive: true, force: true });
    mkdirSync(scratch, { recursive: true });
    runQuiet("sync", []); // what one candidate has left to write must not be paid by the next
  };
  for (let round = 0; round < rounds; round++) {
    clear();
    note("brig", await timeOnce({ argv: [brigPath, "pull", "-q", image], env }, { memory: true }));
    clear();
    const copy = [
      "--insecure-policy",
      "copy",
      "-q",
      "--src-tls-verify=false",
      `docker://${image}:latest`,
      `oci:${scratch}/oci:latest`,
    ];
    const first = note("skopeo", await timeOnce({ argv: ["skopeo", ...copy] }, { memory: true }));
    const unpack = ["unpack", "--image", `${scratch}/oci:latest`, `${scratch}/bundle`];
    times.both.push(first + note("umoci", await timeOnce({ argv: ["umoci", ...unpack] }, { memory: true })));
  }
  clear();
  return { times: Object.fromEntries(Object.entries(times).map(([name, list]) => [name, summarise(list)])), peaks };
}

async function startRegistry() {
  const directory = join(benchDirectory, "registry");
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  const address = `127.0.0.1:${await freePort()}`;
  const config = {
    version: "0.1",
    log: { level: "error", accesslog: { disabled: true } },
    storage: { filesystem: { rootdirectory: join(directory, "storage") } },
    http: { addr: address, secret: "bench" },
  };
  writeFileSync(join(directory, "config.yml"), JSON.stringify(config));
  const child = spawn("docker-registry", ["serve", join(directory, "config.yml")], { stdio: "ignore" });
  const closed = new Promise((resolve) => child.once("close", resolve));
  const stop = async () => {
    child.kill("SIGTERM");
    await closed;
    rmSync(directory, { recursive: true, force: true });
  };
  for (const deadline = Date.now() + 20_000; !(await answers(address)); ) {
    if (Date.now() > deadline || child.exitCode !== null) throw new Error("docker-registry does not start");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return { address, stop };
}

function answers(address) {
  return new Promise((resolve) => {
    const request = get(`http://${address}/v2/`, { agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    request.on("error", () => resolve(false));
  });
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer().once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
