import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readlinkSync } from "node:fs";
import { runTool } from "./programs.ts";

/** A place to send packets from: the network namespace of a process. */
export interface Vantage {
  /** A process in the namespace. */
  readonly pid: number;
}

/** What a packet is sent to. */
export interface Question {
  readonly protocol: "tcp" | "udp";
  readonly address: string;
  readonly port: number;
}

/** This process's own namespace: the host of the test. */
export const thisHost: Vantage = { pid: process.pid };

/** A host of its own that nothing leads to yet. The caller ends with `endPeer`. */
export interface Peer extends Vantage {
  readonly child: ChildProcess;
}

export async function startPeer(): Promise<Peer> {
  const child = spawn(
    "/usr/bin/unshare",
    ["--net", "--", "/bin/sh", "-c", "ip link set lo up && echo up && exec sleep 100000"],
    {
      stdio: ["ignore", "pipe", "inherit"],
      env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin" },
    },
  );
  if (child.stdout === null || child.pid === undefined) throw new Error("unshare cannot be started");
  await once(child.stdout, "data");
  if (readlinkSync(`/proc/${child.pid}/ns/net`) === readlinkSync("/proc/self/ns/net")) throw new Error("no namespace");
  return { pid: child.pid, child };
}

export async function endPeer({ child }: Peer): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGKILL");
  await once(child, "exit");
}

/** A cable between this host and a peer, with one address of each family at both ends. */
export async function connectPeer({ pid }: Peer, cable: Cable): Promise<void> {
  const { name, here, there, gateways } = cable;
  await ip(`link add name ${name} type veth peer name eth0 netns ${pid}`);
  for (const address of here) await ip(`addr add ${address} dev ${name} ${nodad(address)}`);
  await ip(`link set dev ${name} up`);
  const inside = (words: string) => runTool("nsenter", [`--net=/proc/${pid}/ns/net`, "ip", ...words.split(" ")]);
  for (const address of there) await inside(`addr add ${address} dev eth0${nodad(address) === "" ? "" : " nodad"}`);
  await inside("link set dev eth0 up");
  for (const gateway of gateways) await inside(`route add default via ${gateway}`);
}

export interface Cable {
  /** Of the interface on this host. */
  readonly name: string;
  readonly here: readonly string[];
  readonly there: readonly string[];
  /** What the peer sends everything else to. */
  readonly gateways: readonly string[];
}

function nodad(address: string): string {
  return address.includes(":") ? "nodad" : "";
}

/** Runs `ip` with these words on this host. */
export function ip(words: string): Promise<string> {
  return runTool("ip", words.trim().split(/\s+/));
}

/** Runs a program in the namespace and resolves with what it printed. */
export function runAt({ pid }: Vantage, argv: readonly string[]): Promise<string> {
  return runTool("nsenter", [`--net=/proc/${pid}/ns/net`, "--", ...argv]);
}

/**
 * Answers every connection and datagram at these ports, on all addresses of both families, with the address that it came
 * from. The caller ends with `endPeer`.
 */
export async function answerAt(vantage: Vantage, ports: readonly number[]): Promise<{ readonly child: ChildProcess }> {
  const argv = [`--net=/proc/${vantage.pid}/ns/net`, "--", process.execPath, "-e", answering, JSON.stringify(ports)];
  const child = spawn("nsenter", argv, { stdio: ["ignore", "pipe", "inherit"], env: process.env });
  if (child.stdout === null) throw new Error("nsenter cannot be started");
  const [line] = await once(child.stdout, "data");
  if (String(line) !== "up\n") throw new Error(`the server said ${String(line)}`);
  return { child };
}

const answering = `
const net = require("node:net"), dgram = require("node:dgram");
const plain = (address) => address.replace(/^::ffff:/, "");
const opened = JSON.parse(process.argv[1]).flatMap((port) => [
  new Promise((done) => net.createServer((socket) => {
    socket.on("error", () => {});
    socket.end(plain(socket.remoteAddress ?? ""));
  }).listen(port, "::", done)),
  ...["udp4", "udp6"].map((type) => new Promise((done) => {
    const socket = dgram.createSocket({ type, ipv6Only: type === "udp6" });
    socket.on("message", (_, { address, port: from }) => socket.send(address, from, address));
    socket.bind(port, type === "udp4" ? "0.0.0.0" : "::", done);
  })),
]);
Promise.all(opened).then(() => console.log("up"));
`;

/** How long a packet that is dropped is waited for; answers come within a millisecond. */
const silenceMs = 700;

/**
 * Asks all questions at once from one place. An answer is the address that the server saw, or `refused`, or `silence` for
 * as long as is waited.
 */
export async function askFrom(
  vantage: Vantage,
  questions: readonly Question[],
  waitMs = silenceMs,
): Promise<readonly string[]> {
  const argv = [process.execPath, "-e", asking, JSON.stringify(questions), String(waitMs)];
  const answers: unknown = JSON.parse(await runAt(vantage, argv));
  if (!Array.isArray(answers)) throw new Error("the client printed no list");
  return answers.map(String);
}

const asking = `
const net = require("node:net"), dgram = require("node:dgram");
const wait = Number(process.argv[2]);
const refusals = new Set(["ECONNREFUSED", "EHOSTUNREACH", "ENETUNREACH", "EADDRNOTAVAIL", "EINVAL", "EACCES", "EPERM"]);
const ask = ({ protocol, address, port }) => new Promise((done) => {
  const timer = setTimeout(() => finish("silence"), wait);
  const failed = ({ code }) => finish(refusals.has(code) ? "refused" : String(code));
  let socket;
  const finish = (answer) => { clearTimeout(timer); protocol === "tcp" ? socket.destroy() : socket.close(); done(answer); };
  if (protocol === "tcp") {
    socket = net.connect({ host: address, port });
    socket.on("error", failed).on("data", (data) => finish(data.toString())).on("end", () => finish("closed"));
    return;
  }
  socket = dgram.createSocket(address.includes(":") ? "udp6" : "udp4");
  socket.on("error", failed).on("message", (data) => finish(data.toString()));
  socket.connect(port, address, (error) => error ? failed(error) : socket.send("?"));
});
Promise.all(JSON.parse(process.argv[1]).map(ask)).then((answers) => { console.log(JSON.stringify(answers)); process.exit(0); });
`;
