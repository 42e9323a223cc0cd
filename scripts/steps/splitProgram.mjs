// The command line is too much to load for a command that needs a third of it, so it is made of several scripts. Which
// modules are in which follows from lists of roots: a script has what its roots import, but for what an earlier one has, and
// the last has the rest. What is listed decides about speed alone: an import that leads into another script
// loads that script.
import { relative } from "node:path";
import { StepFailure } from "./command.mjs";

/** What every command needs, and little more: `images` needs nothing else. */
const core = [
  "main",
  "createEngine",
  "cli/commands/images",
  "container/imageUse",
  "container/options/timeFlag",
  "engine/imageMembers",
  "host/featureCache",
  "host/probeHost",
  ...["later", "listFilter", "platform", "reference", "remove", "store", "summary"].map((file) => `image/${file}`),
  "overlay/layerStore",
];

/** What containers are started, listed and ended with. */
const lifecycle = [
  ...["create", "exec", "inspect", "kill", "lifecycle", "logs", "ps", "rm", "run", "start", "stop", "version"].map(
    (verb) => `cli/commands/${verb}`,
  ),
  "cli/render/document",
  "cli/template/template",
  "cli/template/values",
  "container/events/readEvents",
  "container/exec/execContainer",
  "container/later",
  ...["adopt", "restart", "start", "stop"].map((verb) => `container/lifecycle/${verb}Container`),
  "container/lifecycle/removeByName",
  "container/logs/containerLogs",
  "container/names/leftNames",
  "container/names/links",
  ...["createContainer", "prepare", "releaseContainer"].map((step) => `container/networks/${step}Network`),
  "container/networks/refuseNetworks",
  "container/openViews",
  "container/run/runContainer",
  "host/versionReport",
  "launch/probeFeatures",
  "messages/catalogue",
  "messages/why/english",
  "network/networkStore",
];

const pull = [
  "cli/commands/pull",
  "container/events/tellImage",
  "engine/pullMember",
  "image/credentials",
  "image/pull",
  "image/registry/options",
  "node_modules/node-fetch/src/index.js",
];

/** One script for each, and one for the rest. */
const lists = [core, lifecycle, pull].map((modules) =>
  modules.map((module) => (module.includes(".") ? module : `src/${module}.ts`)),
);

export const scriptCount = lists.length + 1;

/** By esbuild's metafile of the whole program: the number of the script for every module. Roots that are gone end the build. */
export function assignModules({ inputs }) {
  const assigned = new Map();
  for (const [script, roots] of lists.entries()) {
    const gone = roots.filter((root) => inputs[root] === undefined);
    if (gone.length > 0) throw new StepFailure(`scripts/steps/splitProgram.mjs names what is no module: ${gone}`);
    for (const module of reached(roots, inputs)) if (!assigned.has(module)) assigned.set(module, script);
  }
  for (const module of Object.keys(inputs)) if (!assigned.has(module)) assigned.set(module, scriptCount - 1);
  return assigned;
}

/** What is loaded when the roots are: everything that they import at once. */
function reached(roots, inputs) {
  const modules = new Set(roots);
  for (const module of modules) {
    for (const { kind, path } of inputs[module].imports) {
      if (kind !== "dynamic-import" && inputs[path] !== undefined) modules.add(path);
    }
  }
  return modules;
}

/** By script, its modules that other scripts import. */
export function sharedModules({ inputs }, assigned) {
  const shared = Array.from({ length: scriptCount }, () => new Set());
  shared[0].add("src/main.ts");
  for (const [module, { imports }] of Object.entries(inputs)) {
    for (const { path } of imports) {
      if (inputs[path] !== undefined && isShared(path) && assigned.get(path) !== assigned.get(module)) {
        shared[assigned.get(path)].add(path);
      }
    }
  }
  return shared.map((modules) => [...modules].sort());
}

/** Made for every script anew: stand-ins for modules of Node, and the empty fail points, whose calls vanish only that way. */
function isShared(module) {
  return module !== "src/base/failPoint.ts" && !/^(lazy|present)-builtin:/.test(module);
}

/**
 * An esbuild plugin: what another script has is asked for as brig:SCRIPT:MODULE (bin/brig.cjs), once in each script, by a
 * module that has the same names. Without it every file that imports one of them would make a copy of all.
 */
export function leaveToOthers(script, { assigned, names, projectRoot }) {
  const within = Symbol("asked by this plugin");
  return {
    name: "leave-to-others",
    setup(build) {
      build.onResolve({ filter: /^brig:/ }, ({ path }) => ({ path, external: true }));
      build.onLoad({ filter: /.*/, namespace: "elsewhere" }, ({ path }) => {
        const members = names.get(path).map((name) => `export const ${name} = module.${name};`);
        const place = JSON.stringify(`brig:${assigned.get(path)}:${path}`);
        return { contents: `const module = require(${place});\n${members.join("\n")}`, resolveDir: projectRoot };
      });
      build.onResolve({ filter: /^[^:]*$/ }, async ({ path, kind, importer, resolveDir, namespace, pluginData }) => {
        if (kind === "entry-point" || pluginData === within) return undefined;
        const found = await build.resolve(path, { kind, importer, resolveDir, namespace, pluginData: within });
        if (found.external || found.errors.length > 0) return found;
        const module = relative(projectRoot, found.path);
        const owner = assigned.get(module);
        if (owner === undefined || owner === script || !isShared(module)) return found;
        return kind !== "dynamic-import" && names.has(module)
          ? { path: module, namespace: "elsewhere" }
          : { path: `brig:${owner}:${module}`, external: true };
      });
    },
  };
}
