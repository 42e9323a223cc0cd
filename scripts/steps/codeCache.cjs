// GROUP DIRECTORY PACK: runs a few commands of the program whose scripts are in DIRECTORY (0.source, 1.source...), so that V8
// compiles what they use, and writes that code there (0.GROUP...), for a program that will be in PACK.
const { createHash } = require("node:crypto");
const { createServer } = require("node:http");
const { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } = require("node:fs");
const { createRequire } = require("node:module");
const { tmpdir } = require("node:os");
const { dirname, join } = require("node:path");
const { Script } = require("node:vm");

const [group, directory, packFile] = process.argv.slice(2);
const dist = join(dirname(dirname(packFile)), "dist");
const scripts = new Map();
/** The modules that the present command has asked for, by script: each command starts with none. */
let exported = new Map();

function scriptOf(number) {
  const before = scripts.get(number);
  if (before !== undefined) return before;
  const source = readFileSync(join(directory, `${number}.source`), "latin1");
  const script = new Script(source, { filename: join(dist, "main.pack", number) });
  scripts.set(number, script);
  return script;
}

/** As that of bin/brig.cjs. */
function requireModule(name) {
  if (!name.startsWith("brig:")) return createRequire(packFile)(name);
  const [, number, path] = name.split(":");
  if (!exported.has(number)) {
    const module = {};
    scriptOf(number).runInThisContext()(requireModule, module, directory);
    exported.set(number, module.exports);
  }
  return exported.get(number)[path]();
}

const scratch = mkdtempSync(join(tmpdir(), "brig-warm-"));

/**
 * None of these needs a network but a registry of ours on loopback, starts a container or changes anything beyond the scratch directory; those that need root
 * fail early without it, and then their code is compiled when it is used. No limits: a host without their controllers would end
 * the plan early.
 */
const commands = {
  run: [
    ["plan", "run", "--pull", "never", "-ie", "A=1", "-v", `${scratch}:/x`, "--network", "none", "nothing", "true"],
    ["create", "--pull", "never", "--name", "warm", "--network", "none", "nothing", "true"],
    ["rm", "warm"],
    ["run", "--rm", "--pull", "never", "no-such-image", "true"],
  ],
  pull: [["pull", "--quiet", "REGISTRY/nothing"]],
  others: [
    ["images"],
    ["ps", "--all", "--no-trunc"],
    ["version"],
    ["inspect", "no-such-image"],
    ["exec", "nobody", "true"],
    ["logs", "nobody"],
    ["network", "ls"],
    ["volume", "ls"],
  ],
};

/** An image called `nothing`, of one layer that is empty. */
function makeImage(root) {
  const blobs = join(root, "images/blobs/sha256");
  mkdirSync(blobs, { recursive: true });
  const add = (mediaType, document) => {
    const bytes = Buffer.from(JSON.stringify(document));
    const digest = createHash("sha256").update(bytes).digest("hex");
    writeFileSync(join(blobs, digest), bytes);
    return { mediaType, digest: `sha256:${digest}`, size: bytes.length };
  };
  const media = (kind) => `application/vnd.oci.image.${kind}.v1+json`;
  const architecture = { x64: "amd64" }[process.arch] ?? process.arch;
  const env = ["PATH=/usr/bin:/bin"];
  const layer = add("application/vnd.oci.image.layer.v1.tar", "");
  const tree = join(root, "layers", layer.digest.slice("sha256:".length));
  mkdirSync(join(tree, "tree"), { recursive: true });
  const record = { version: 1, diffId: layer.digest, entries: 0, size: 0, opaqueRoot: false };
  writeFileSync(join(tree, "layer.json"), JSON.stringify(record));
  const rootfs = { type: "layers", diff_ids: [layer.digest] };
  const configuration = { architecture, os: "linux", config: { Env: env }, rootfs };
  const config = add(media("config"), configuration);
  const manifest = add(media("manifest"), { schemaVersion: 2, mediaType: media("manifest"), config, layers: [layer] });
  const annotations = { "org.opencontainers.image.ref.name": "docker.io/library/nothing:latest" };
  writeFileSync(join(root, "images/oci-layout"), JSON.stringify({ imageLayoutVersion: "1.0.0" }));
  const index = { schemaVersion: 2, mediaType: media("index"), manifests: [{ ...manifest, annotations }] };
  writeFileSync(join(root, "images/index.json"), JSON.stringify(index));
  return manifest;
}

/** A registry that has the image and is only asked whether it still has; resolves with what ends it. */
async function serveImage({ mediaType, digest }) {
  const headers = { "content-type": mediaType, "docker-content-digest": digest };
  const server = createServer((_request, response) => response.writeHead(200, headers).end());
  await new Promise((resolve, reject) => server.once("error", reject).listen(0, "127.0.0.1", resolve));
  return { address: `127.0.0.1:${server.address().port}`, close: () => server.close().closeAllConnections() };
}

const realExit = process.exit;
const ignored = () => true;

async function warm(words) {
  process.argv = [
    process.execPath,
    "brig",
    "--root",
    join(scratch, "root"),
    "--run-root",
    join(scratch, "run"),
    ...words,
  ];
  process.removeAllListeners("SIGINT");
  process.removeAllListeners("SIGTERM");
  await new Promise((resolve) => {
    process.exit = resolve;
    exported = new Map();
    requireModule("brig:0:src/main.ts");
  });
}

async function main() {
  // What the commands say is of no interest: most are meant to fail.
  const fs = require("node:fs");
  const { writeSync } = fs;
  fs.writeSync = (fd, bytes, ...where) => (fd <= 2 ? bytes.length : writeSync(fd, bytes, ...where));
  process.on("unhandledRejection", ignored);
  const registry = await serveImage(makeImage(join(scratch, "root")));
  for (const words of commands[group]) await warm(words.map((word) => word.replace("REGISTRY", registry.address)));
  registry.close();
  fs.writeSync = writeSync;
  for (const [number, script] of scripts) {
    writeFileSync(join(directory, `${number}.${group}`), script.createCachedData());
  }
}

main().then(
  () => {
    rmSync(scratch, { recursive: true, force: true });
    realExit.call(process, 0);
  },
  (error) => {
    rmSync(scratch, { recursive: true, force: true });
    process.stderr.write(`${error.stack}\n`);
    realExit.call(process, 1);
  },
);
