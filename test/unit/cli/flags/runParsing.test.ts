import assert from "node:assert/strict";
import { test } from "node:test";
import type { RunOptions } from "../../../../src/container/index.ts";
import { bareChoice } from "../../../../src/container/options/networkChoices.ts";
import { brig } from "../fakeContext.ts";

interface Parsed {
  readonly argv: string;
  readonly options: Partial<RunOptions>;
}

/** Words are separated by single spaces; `''` is an empty word. */
const parsed: readonly Parsed[] = [
  { argv: "img", options: { image: "img" } },
  { argv: "img cmd -x --flag", options: { image: "img", command: ["cmd", "-x", "--flag"] } },
  { argv: "img -- cmd", options: { image: "img", command: ["--", "cmd"] } },
  { argv: "-- img -i", options: { image: "img", command: ["-i"] } },
  { argv: "--rm -- img --", options: { remove: true, image: "img", command: ["--"] } },
  { argv: "-it img", options: { interactive: true, tty: true } },
  { argv: "-ti=false img", options: { tty: true, interactive: false } },
  { argv: "-i=1 -t=T img", options: { interactive: true, tty: true } },
  { argv: "--tty=0 img", options: { tty: false } },
  { argv: "--rm=true --init=false img", options: { remove: true, init: false } },
  { argv: "--rm --rm=FALSE img", options: { remove: false } },
  { argv: "-e A=1 -e B= img", options: { env: ["A=1", "B="] } },
  { argv: "-eA=1 img", options: { env: ["A=1"] } },
  { argv: "-e=A=1 img", options: { env: ["A=1"] } },
  { argv: "--env=A=1 --env B=2 img", options: { env: ["A=1", "B=2"] } },
  { argv: "-e HOME -e MISSING img", options: { env: ["HOME=/root", "MISSING"] } },
  { argv: "-ite A=1 img", options: { interactive: true, tty: true, env: ["A=1"] } },
  { argv: "-iteA=1 img", options: { interactive: true, tty: true, env: ["A=1"] } },
  { argv: "-e -i=false img", options: { env: ["-i=false"] } },
  { argv: "-e -- img", options: { env: ["--"], image: "img" } },
  { argv: "-h box img", options: { hostname: "box" } },
  { argv: "-hbox img", options: { hostname: "box" } },
  {
    argv: "--health-cmd true --health-interval 1m30s img",
    options: { health: { test: ["CMD-SHELL", "true"], intervalNs: 9e10 } },
  },
  { argv: "--health-retries 2 --health-on-failure kill img", options: { health: { retries: 2, onFailure: "kill" } } },
  { argv: "--no-healthcheck --health-cmd '' img", options: { noHealthcheck: true, health: { test: [] } } },
  { argv: "--name one --name two img", options: { name: "two" } },
  { argv: "--entrypoint '' img", options: { entrypoint: "" } },
  { argv: "--entrypoint= img", options: { entrypoint: "" } },
  { argv: "-u 1000:1000 img", options: { user: "1000:1000" } },
  { argv: "-w /srv/../app img", options: { workdir: "/app" } },
  { argv: "-m 64m img", options: { limits: { memoryBytes: 67_108_864 } } },
  { argv: "-m=64m img", options: { limits: { memoryBytes: 67_108_864 } } },
  { argv: "-m64M img", options: { limits: { memoryBytes: 67_108_864 } } },
  { argv: "--memory 1.5g img", options: { limits: { memoryBytes: 1_610_612_736 } } },
  { argv: "--memory-swap -1 img", options: { limits: { memorySwapBytes: -1 } } },
  { argv: "--memory-swap=-1 img", options: { limits: { memorySwapBytes: -1 } } },
  { argv: "--cpus .5 img", options: { limits: { cpus: 0.5 } } },
  { argv: "-c 512 img", options: { limits: { cpuShares: 512 } } },
  { argv: "--cpu-quota -1 img", options: { limits: { cpuQuotaUs: -1 } } },
  { argv: "--pids-limit -1 img", options: { limits: { pidsLimit: -1 } } },
  { argv: "--blkio-weight 500 img", options: { limits: { blkioWeight: 500 } } },
  { argv: "--cgroup-conf memory.high=48m img", options: { limits: { cgroupConf: new Map([["memory.high", "48m"]]) } } },
  {
    argv: "--device-read-bps /dev/sda:1mb img",
    options: { limits: { deviceReadBps: [{ path: "/dev/sda", rate: 1_048_576 }] } },
  },
  { argv: "--cap-add NET_ADMIN --cap-drop ALL img", options: { capAdd: ["NET_ADMIN"], capDrop: ["ALL"] } },
  { argv: "--network none img", options: { networks: [bareChoice("none")] } },
  { argv: "--net host img", options: { networks: [bareChoice("host")] } },
  {
    argv: "-l a=b -l c --label a=d img",
    options: {
      labels: new Map([
        ["a", "d"],
        ["c", ""],
      ]),
    },
  },
  { argv: "-l __proto__=x img", options: { labels: new Map([["__proto__", "x"]]) } },
  { argv: "--sysctl net.ipv4.ip_forward=1 img", options: { sysctls: new Map([["net.ipv4.ip_forward", "1"]]) } },
  { argv: "--ulimit nofile=10:20 img", options: { ulimits: [{ name: "nofile", soft: 10, hard: 20 }] } },
  { argv: "--shm-size 1g img", options: { shmSizeBytes: 1_073_741_824 } },
  { argv: "--pull never img", options: { pull: "never" } },
  { argv: "--platform linux/arm64 img", options: { platform: { os: "linux", architecture: "arm64" } } },
  { argv: "--stop-signal term img", options: { stopSignal: "SIGTERM" } },
  { argv: "--add-host a:1.2.3.4 img", options: { addHosts: [{ name: "a", address: "1.2.3.4" }] } },
  {
    argv: "--isolation default --restart no --sig-proxy img",
    options: { image: "img", restart: { policy: "no", retries: 0 } },
  },
  { argv: "--restart always img", options: { image: "img", restart: { policy: "always", retries: 0 } } },
  { argv: "--restart on-failure:5 img", options: { image: "img", restart: { policy: "on-failure", retries: 5 } } },
  { argv: "--detach=false --publish-all=false img", options: { image: "img", publishAll: false } },
  {
    argv: "-p 127.0.0.1:8080:80/udp -p 90-91 -P --expose 53/udp --link db:d img",
    options: {
      publish: [
        { hostIp: "127.0.0.1", hostPort: { first: 8080, last: 8080 }, containerPort: 80, protocol: "udp" },
        { containerPort: 90, protocol: "tcp" },
        { containerPort: 91, protocol: "tcp" },
      ],
      publishAll: true,
      expose: [{ port: 53, protocol: "udp" }],
      links: ["db:d"],
    },
  },
  { argv: "--oom-score-adj -500 img", options: { oomScoreAdj: -500 } },
  { argv: "--privileged --read-only img", options: { privileged: true, readOnly: true } },
  { argv: "-v data:/data -v /etc/hosts:/h:ro img", options: {} },
];

for (const { argv, options } of parsed) {
  test(`run ${argv}`, async () => {
    const words = argv.split(" ").map((word) => (word === "''" ? "" : word));
    const ran = await brig(["run", ...words], { env: { HOME: "/root" }, isTty: true });
    assert.equal(ran.err, "");
    assert.equal(ran.status, 0);
    const given: Partial<RunOptions> = ran.runs[0] ?? {};
    const members = Object.keys(options) as (keyof RunOptions)[];
    assert.deepEqual(Object.fromEntries(members.map((name) => [name, given[name]])), options);
  });
}

test("run reads a relative source of -v from the caller's directory", async () => {
  const { runs } = await brig(["run", "-v", "./src:/app", "img"]);
  const mount = runs[0]?.mounts?.[0];
  assert.equal(mount?.kind === "bind" ? mount.source : undefined, "/home/user/src");
});

interface Refused {
  readonly argv: string;
  readonly says: string;
  readonly status: number;
}

const refused: readonly Refused[] = [
  { argv: "", says: "brig: 'brig run' requires at least 1 argument\n", status: 1 },
  { argv: "--tmpfs /x", says: "brig: 'brig run' requires at least 1 argument\n", status: 1 },
  { argv: "--nosuch img", says: "unknown flag: --nosuch\n", status: 125 },
  { argv: "--nosuch=1 img", says: "unknown flag: --nosuch\n", status: 125 },
  { argv: "-x img", says: "unknown shorthand flag: 'x' in -x\n", status: 125 },
  { argv: "-itx img", says: "unknown shorthand flag: 'x' in -x\n", status: 125 },
  { argv: "-xit img", says: "unknown shorthand flag: 'x' in -xit\n", status: 125 },
  { argv: "-1 img", says: "unknown shorthand flag: '1' in -1\n", status: 125 },
  { argv: "---x img", says: "bad flag syntax: ---x\n", status: 125 },
  { argv: "--=x img", says: "bad flag syntax: --=x\n", status: 125 },
  { argv: "-e", says: "flag needs an argument: 'e' in -e\n", status: 125 },
  { argv: "-ie", says: "flag needs an argument: 'e' in -e\n", status: 125 },
  { argv: "--name", says: "flag needs an argument: --name\n", status: 125 },
  {
    argv: "-i=x img",
    says: 'invalid argument "x" for "-i, --interactive" flag: strconv.ParseBool: parsing "x": invalid syntax\n',
    status: 125,
  },
  {
    argv: "--init= img",
    says: 'invalid argument "" for "--init" flag: strconv.ParseBool: parsing "": invalid syntax\n',
    status: 125,
  },
  { argv: "-m 12q img", says: 'invalid argument "12q" for "-m, --memory" flag: ', status: 125 },
  { argv: "--memory=-1 img", says: 'invalid argument "-1" for "-m, --memory" flag: ', status: 125 },
  {
    argv: "--cpus x img",
    says: 'invalid argument "x" for "--cpus" flag: failed to parse x as a rational number\n',
    status: 125,
  },
  {
    argv: "--pids-limit x img",
    says: 'invalid argument "x" for "--pids-limit" flag: strconv.ParseInt: parsing "x": invalid syntax\n',
    status: 125,
  },
  {
    argv: "--blkio-weight 99999 img",
    says: 'invalid argument "99999" for "--blkio-weight" flag: strconv.ParseUint: parsing "99999": value out of range\n',
    status: 125,
  },
  { argv: "-m 12q --nosuch img", says: 'invalid argument "12q"', status: 125 },
  { argv: "--nosuch -m 12q img", says: "unknown flag: --nosuch\n", status: 125 },
  { argv: "--label  img", says: "", status: 125 },
  {
    argv: "-p 80:x img",
    says: 'invalid argument "80:x" for "-p, --publish" flag: invalid containerPort: x',
    status: 125,
  },
  {
    argv: "--link a:b:c img",
    says: 'invalid argument "a:b:c" for "--link" flag: bad format for links: a:b:c',
    status: 125,
  },
  {
    argv: "--restart sometimes img",
    says: 'invalid argument "sometimes" for "--restart" flag: invalid restart policy: unknown policy',
    status: 125,
  },
  {
    argv: "--restart always:3 img",
    says: 'invalid argument "always:3" for "--restart" flag: invalid restart policy: maximum retry count can only',
    status: 125,
  },
  {
    argv: "--restart on-failure:x img",
    says: 'invalid argument "on-failure:x" for "--restart" flag: invalid restart policy: maximum retry count must',
    status: 125,
  },
  {
    argv: "--cpu-count 2 img",
    says: "brig: --cpu-count is not available: it exists for containers on Windows only\n",
    status: 125,
  },
  { argv: "--isolation hyperv img", says: 'brig: --isolation "hyperv" is not available: ', status: 125 },
  {
    argv: "--cpu-rt-runtime 5 img",
    says: "brig: --cpu-rt-runtime is not available: the cgroup v2 cpu controller has no real-time limits\n",
    status: 125,
  },
  { argv: "-a std img", says: 'invalid argument "std" for "-a, --attach" flag: valid streams are STDIN,', status: 125 },
  { argv: "-d -a stdin img", says: "brig: conflicting options: cannot specify both --attach and", status: 125 },
  { argv: "--detach-keys ctrl img", says: 'invalid argument "ctrl" for "--detach-keys" flag: ', status: 125 },
  { argv: "--env-file /nosuch/file img", says: 'brig: cannot read the file "/nosuch/file": ', status: 125 },
  { argv: "--env-file /dev/zero img", says: 'brig: cannot read the file "/dev/zero": it is larger than ', status: 125 },
  { argv: "-it img", says: "brig: the input device is not a TTY\n", status: 1 },
];

for (const { argv, says, status } of refused) {
  test(`run ${argv} is refused`, async () => {
    const ran = await brig(["run", ...argv.split(" ").filter((word) => word !== "" || argv.includes("  "))]);
    assert.equal(ran.err.slice(0, says.length), says);
    assert.equal(ran.status, status);
    assert.equal(ran.out, "");
    assert.deepEqual(ran.runs, []);
    assert.doesNotMatch(ran.err, /\n\s+at /);
  });
}

test("run suggests the flag that was meant", async () => {
  const { err } = await brig(["run", "--memroy", "1g", "img"]);
  assert.match(err, /^unknown flag: --memroy\nhint: did you mean "--memory"\?\n\nUsage: {2}brig run \[OPTIONS\]/);
});

test("run warns of flags without effect and goes on", async () => {
  const { err, runs, status } = await brig(["run", "--oom-kill-disable", "--kernel-memory", "4m", "img"]);
  assert.equal(status, 0);
  assert.equal(runs.length, 1);
  assert.match(err, /--oom-kill-disable/);
  assert.match(err, /--kernel-memory/);
});

test("run hands over the three descriptors and signals", async () => {
  const given: unknown[] = [];
  await brig(["run", "img"], {
    onRun: (_observer, { stdin, stdout, stderr, tty }) => given.push(stdin, stdout, stderr, tty),
  });
  assert.deepEqual(given, [0, 1, 2, false]);
});

test("run shows notices and steps on stderr without control characters", async () => {
  const { err, out } = await brig(["run", "--explain", "img"], {
    onRun: (observer) => {
      observer?.onNotice?.("no \x1b[31mnetwork");
      observer?.onStep?.({
        step: "a",
        process: "host",
        call: "mount",
        args: '"\x9b"',
        result: 0,
        atNs: 0n,
        tookNs: 1500,
        why: "because",
      });
    },
  });
  assert.equal(out, "");
  assert.equal(err, 'WARNING: no \\x1b[31mnetwork\nhost      1.5us  mount("\\x9b") = 0  # because\n');
});

test("run ends with the status of the payload", async () => {
  const { status } = await brig(["run", "img"], { engine: { run: async () => ({ exitCode: 42 }) as never } });
  assert.equal(status, 42);
});
