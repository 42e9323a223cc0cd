// iperf3 as an image and as a measurement.
import { execFileSync, spawnSync } from "node:child_process";
import { rmSync } from "node:fs";
import { StepFailure } from "../steps/command.mjs";
import { runEngine } from "./engines.mjs";

const program = "/usr/bin/iperf3";
export const iperfPort = 5201;
const seconds = 2;
const startMs = 20_000;

/** Writes a tar with the program and its libraries. */
export function writeIperfArchive(file) {
  const listed = execFileSync("ldd", [program], { encoding: "utf8" });
  const libraries = [...listed.matchAll(/(\/\S+) \(0x/g)].map(([, library]) => library);
  const names = [program, ...libraries].map((name) => name.slice(1));
  execFileSync("tar", ["--dereference", "--create", "--file", file, "--directory", "/", ...names]);
}

/** Imports it under this name. */
export function importIperf(engine, { archive, image }) {
  runEngine(engine, ["import", archive, image]);
}

export const dropArchive = (file) => rmSync(file, { force: true });

export const serverWords = (engine, { name, image }) => [
  ...["run", "-d", "--name", name, ...engine.runFlags, "-p", `${iperfPort}:${iperfPort}`, "--tmpfs", "/tmp"],
  ...[image, program, "-s"],
];

const clientWords = (address) => [program, "-c", address, "-p", String(iperfPort), "-t", String(seconds), "-J"];

export const containerClient = (engine, { image, address }) =>
  engine.argv(["run", "--rm", ...engine.runFlags, "--tmpfs", "/tmp", image, ...clientWords(address)]);

export const hostClient = (engine, address) => engine.place.enter(clientWords(address));

/** Bits per second that came through, with patience while the server starts. */
export async function measureThroughput([command, ...args], env) {
  for (const deadline = Date.now() + startMs; ; ) {
    const { stdout, stderr, status } = spawnSync(command, args, { env, encoding: "utf8" });
    if (status === 0) return JSON.parse(stdout).end.sum_received.bits_per_second;
    if (Date.now() > deadline) throw new StepFailure(`iperf3 does not get through: ${stderr}${stdout.slice(-500)}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
