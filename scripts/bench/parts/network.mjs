// What the network costs: a bridge and published ports at each start, many of both, and what comes through.
import { join } from "node:path";
import { openEngines, removeWords, runEngine } from "../engines.mjs";
import {
  containerClient,
  dropArchive,
  hostClient,
  importIperf,
  measureThroughput,
  serverWords,
  writeIperfArchive,
} from "../iperf.mjs";
import { hostAddress, openOwnNetwork } from "../ownNetwork.mjs";
import { ms, section, times } from "../report.mjs";
import { benchDirectory } from "../root.mjs";
import { compare, summarise, timeOnce } from "../timing.mjs";

const none = "brig, `--network none`";
const name = "bench-network";
const share = { docker: 0.35, podman: 0.5 };
/** As many starts at once as there are processors on a small machine. */
const atOnce = 2;

/** Each engine in a network namespace of its own, through which all of its commands are run. */
export async function measureNetwork({ rounds, containers }) {
  const opened = await openEngines({ root: "network", openPlace: openOwnNetwork });
  try {
    const { engines, notes } = opened;
    const [brig] = engines;
    return [
      await startsWithPort(engines, rounds, notes),
      await manyPorts(brig, rounds),
      await manyContainers(brig, { rounds, containers }),
      await throughput(engines, rounds),
    ].join("\n");
  } finally {
    await opened.close();
  }
}

const run = (engine, flags) => ({
  argv: engine.argv(["run", "--rm", ...engine.runFlags, ...flags, engine.image, "true"]),
  env: engine.env,
});

async function startsWithPort(engines, rounds, notes) {
  const results = await compare(
    {
      [none]: run(engines[0], ["--network", "none"]),
      ...Object.fromEntries(engines.map((engine) => [engine.name, run(engine, ["-p", "8080:80"])])),
    },
    { rounds },
  );
  const brig = results.brig.medianMs;
  const rows = Object.entries(results).map(([engine, { medianMs, minMs }]) => {
    const above = engine === "brig" ? ms(brig - results[none].medianMs) : "";
    const ratio = engine in share ? times(brig / medianMs) : "";
    const most = engine === "brig" ? "25 ms above" : engine in share ? times(share[engine]) : "";
    return [engine, ms(medianMs), ms(minMs), above, ratio, most];
  });
  const head = ["engine", "median", "fastest", "above `--network none`", "brig's share of it", "at most"];
  return section("`run --rm -p 8080:80` on the default bridge", head, rows, notes);
}

async function manyPorts(brig, rounds) {
  const counts = new Map();
  const candidate = (count) => ({
    argv: brig.argv([
      "run",
      "-d",
      "--name",
      name,
      "-p",
      `20000-${19_999 + count}:20000-${19_999 + count}`,
      ...idle(brig),
    ]),
    env: brig.env,
    cleanUp() {
      counts.set(count, brig.place.countProcesses());
      runEngine(brig, removeWords(brig, [name]));
    },
  });
  const [one, many] = ["one port", "500 ports"];
  const results = await compare({ [one]: candidate(1), [many]: candidate(500) }, { rounds });
  const above = results[many].medianMs - results[one].medianMs;
  const row = (which, count, more) => [
    ...[which, ms(results[which].medianMs), ms(results[which].minMs), ...more, String(counts.get(count))],
  ];
  const head = ["`run -d` with", "median", "fastest", "above one port", "at most", "processes of the host"];
  return section("Many published ports", head, [row(one, 1, ["", ""]), row(many, 500, [ms(above), "50 ms"])]);
}

const idle = ({ image }) => [image, "sleep", "1000000"];

/** A /24 less the gateway and some that come and go: the default bridge has one unless the configuration says otherwise. */
const mostOnDefault = 250;

/** Two hosts with the same networks, which are empty on one of them. */
async function manyContainers(brig, { rounds, containers }) {
  const other = await openEngines({ root: "network-few", openPlace: openOwnNetwork, others: [] });
  const [few] = other.engines;
  try {
    for (const engine of [few, brig]) runEngine(engine, ["network", "create", "--subnet", "10.249.0.0/20", "bench"]);
    const onDefault = Math.min(containers, mostOnDefault);
    return [
      await withMany({ brig, few, rounds }, { title: "the default bridge", flags: [], count: onDefault }),
      await withMany(
        { brig, few, rounds },
        { title: "a network with names", flags: ["--network", "bench"], count: containers },
      ),
    ].join("\n");
  } finally {
    await other.close();
  }
}

async function withMany({ brig, few, rounds }, { title, flags, count }) {
  const made = [];
  try {
    await startAll(brig, { flags, count, made });
    const [empty, full] = ["nobody", `${count} containers`];
    const results = await compare({ [empty]: run(few, flags), [full]: run(brig, flags) }, { rounds });
    const rows = Object.entries(results).map(([which, { medianMs, minMs }]) => [
      ...[which, ms(medianMs), ms(minMs)],
      ...(which === full ? [times(medianMs / results[empty].medianMs), times(1.5)] : ["", ""]),
    ]);
    const head = ["who is there already", "median", "fastest", "of the first", "at most"];
    return section(`\`run --rm\` on ${title}`, head, rows);
  } finally {
    if (made.length > 0) runEngine(brig, removeWords(brig, made));
  }
}

async function startAll(brig, { flags, count, made }) {
  const waiting = Array.from({ length: count }, (_, index) => `bench-network-${index + 1}`);
  const work = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      await timeOnce({ argv: brig.argv(["run", "-d", "--name", next, ...flags, ...idle(brig)]), env: brig.env });
      made.push(next);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
}

async function throughput(engines, rounds) {
  const compared = engines.filter((engine) => engine.name !== "podman");
  const archive = join(benchDirectory, "iperf.tar");
  writeIperfArchive(archive);
  const image = "localhost/iperf:1";
  const rates = new Map(compared.map((engine) => [engine.name, { inside: [], published: [] }]));
  const started = [];
  try {
    const addresses = new Map();
    for (const engine of compared) {
      importIperf(engine, { archive, image });
      runEngine(engine, serverWords(engine, { name, image }));
      started.push(engine);
      const asked = runEngine(engine, ["inspect", "--format", "{{.NetworkSettings.IPAddress}}", name]);
      addresses.set(engine.name, asked.trim());
    }
    for (let round = 0; round < Math.max(1, Math.ceil(rounds / 5)); round++) {
      for (const engine of compared) {
        const address = addresses.get(engine.name);
        const { inside, published } = rates.get(engine.name);
        inside.push(await measureThroughput(containerClient(engine, { image, address }), engine.env));
        published.push(await measureThroughput(hostClient(engine, hostAddress), engine.env));
      }
    }
  } finally {
    for (const engine of started) runEngine(engine, removeWords(engine, [name]));
    dropArchive(archive);
  }
  const rows = [...rates].map(([engine, { inside, published }]) => [engine, gigabits(inside), gigabits(published)]);
  const head = ["engine", "container to container", "host to a published port"];
  return section("Throughput of one TCP connection on the bridge (iperf3)", head, rows);
}

/** The middle of several rates. */
const gigabits = (rates) => `${(summarise(rates).medianMs / 1e9).toFixed(1)} Gbit/s`;
