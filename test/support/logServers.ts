import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { brigCommand, brigEnvironment, type TestRoot } from "./brig.ts";

/** What a command said and ended with. */
export interface Said {
  readonly code: number;
  readonly stdout: Buffer;
  readonly stderr: string;
}

/**
 * A mount namespace with a systemd-journald and a busybox syslogd of the test's own, on the sockets where programs look
 * for them: /run, /var/log and /dev are other ones there, so that nothing of the machine is touched.
 */
export class LogServers {
  readonly #directory: string;
  readonly #root: TestRoot;
  #holder: ChildProcess | undefined;
  #journal: ChildProcess | undefined;
  #syslog: ChildProcess | undefined;

  private constructor(root: TestRoot) {
    this.#root = root;
    this.#directory = join(root.directory, "log-servers");
  }

  /** The caller ends with `stop`. */
  static async start(root: TestRoot): Promise<LogServers> {
    const servers = new LogServers(root);
    mkdirSync(servers.#directory);
    servers.#holder = spawn(
      "/usr/bin/unshare",
      ["--mount", "--propagation", "private", "/bin/sh", "-euc", script, "sh"],
      {
        cwd: servers.#directory,
        stdio: "ignore",
      },
    );
    await until(() => existsSync(join(servers.#directory, "ready")));
    await servers.startJournal();
    servers.#syslog = servers.#spawn(["/bin/busybox", "syslogd", "-n", "-O", servers.syslogFile]);
    await until(() => existsSync(`/proc/${servers.#holderPid}/root/dev/log`));
    return servers;
  }

  /** Where syslogd writes. */
  get syslogFile(): string {
    return join(this.#directory, "messages");
  }

  async startJournal(): Promise<void> {
    this.#journal = this.#spawn(["/lib/systemd/systemd-journald"]);
    const sockets = ["socket", "io.systemd.journal"].map(
      (name) => `/proc/${this.#holderPid}/root/run/systemd/journal/${name}`,
    );
    await until(() => sockets.every((path) => existsSync(path)));
  }

  signalJournal(signal: "SIGSTOP" | "SIGCONT"): void {
    this.#journal?.kill(signal);
  }

  async stopJournal(): Promise<void> {
    await ended(this.#journal);
  }

  /** Runs brig there; resolves with what it said, whatever its status is. */
  brig(args: readonly string[]): Promise<Said> {
    return collect(this.#spawn(brigCommand(this.#root, args)));
  }

  /** Starts brig there and resolves once it has said something on stdout. */
  async beginBrig(args: readonly string[]): Promise<{ readonly ended: Promise<Said> }> {
    const child = this.#spawn(brigCommand(this.#root, args));
    const ended = collect(child);
    await Promise.race([ended, new Promise((resolve) => child.stdout?.once("data", resolve))]);
    return { ended };
  }

  /** Runs another program there and returns its stdout. */
  async run(argv: readonly string[]): Promise<string> {
    return (await collect(this.#spawn(argv))).stdout.toString();
  }

  async stop(): Promise<void> {
    for (const child of [this.#syslog, this.#journal, this.#holder]) await ended(child);
  }

  get #holderPid(): number {
    return this.#holder?.pid ?? 0;
  }

  #spawn(argv: readonly string[]): ChildProcess {
    const args = [`--mount=/proc/${this.#holderPid}/ns/mnt`, "--", ...argv];
    return spawn("/usr/bin/nsenter", args, { env: brigEnvironment(this.#root), stdio: ["ignore", "pipe", "pipe"] });
  }
}

/** nsenter(1) and unshare(1) become the program, so their process is the server. */
const script = `
mount -t tmpfs tmpfs /run
mount -t tmpfs tmpfs /var/log
mkdir -p /run/systemd/journald.conf.d /run/log dev
printf '[Journal]\\nStorage=volatile\\nReadKMsg=no\\nAudit=no\\nRateLimitBurst=0\\nRuntimeMaxUse=64M\\n' > /run/systemd/journald.conf.d/test.conf
mount --rbind /dev dev
mount -t tmpfs -o mode=755 tmpfs /dev
for name in null zero full random urandom tty; do
  : > /dev/$name
  mount --bind dev/$name /dev/$name
done
mkdir /dev/pts /dev/shm
mount --bind dev/pts /dev/pts
ln -s pts/ptmx /dev/ptmx
ln -s /proc/self/fd /dev/fd
: > ready
exec sleep infinity
`;

async function ended(child: ChildProcess | undefined): Promise<void> {
  if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const closed = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGKILL");
  await closed;
}

function collect(child: ChildProcess): Promise<Said> {
  const [stdout, stderr]: [Buffer[], Buffer[]] = [[], []];
  child.stdout?.on("data", (piece: Buffer) => stdout.push(piece));
  child.stderr?.on("data", (piece: Buffer) => stderr.push(piece));
  const timer = setTimeout(() => child.kill("SIGKILL"), 180_000);
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      clearTimeout(timer);
      resolve({ code: code ?? 255, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr).toString() });
    });
  });
}

/** Waits for something that another process brings about, at most 90 seconds. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + 90_000; !(await holds()); ) {
    if (Date.now() > deadline) throw new Error(`this did not come true: ${holds}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
