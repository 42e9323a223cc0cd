// Modules of Node are loaded when something of them is first used, not when a file that mentions them is: node:crypto or
// node:http take milliseconds that most commands would spend for nothing.

/** What Node has loaded before the first line of a program runs, or loads in no time: nothing is won by waiting. */
const presentModules = new Set(
  ["buffer", "events", "fs", "os", "path", "process", "timers", "url", "util"].map((name) => `node:${name}`),
);

/** An esbuild plugin for `node:x`: members of present modules are taken at once, those of others on their first use. */
export const lazyBuiltins = {
  name: "lazy-builtins",
  setup(build) {
    // A package may ask node:fs for its member "promises", which is a module of its own and would be loaded for everybody.
    build.onResolve({ filter: /^node:/ }, ({ path, kind, importer }) => {
      const present = kind !== "require-call" && presentModules.has(path) && !importer.includes("/node_modules/");
      return { path, namespace: present ? "present-builtin" : "lazy-builtin" };
    });
    build.onLoad({ filter: /.*/, namespace: "present-builtin" }, async ({ path }) => ({
      contents: presentModule(path, await namesOf(path)),
    }));
    build.onLoad({ filter: /.*/, namespace: "lazy-builtin" }, async ({ path }) => {
      const { default: itself } = await import(path);
      // A module that is itself a class or a function (node:stream) cannot be imitated; of node:module only members are used.
      const whole = presentModules.has(path) || (typeof itself === "function" && path !== "node:module");
      return { contents: whole ? `module.exports=${load(path)};` : lazyModule(path, await namesOf(path)) };
    });
  },
};

function load(path) {
  return `process.getBuiltinModule(${JSON.stringify(path)})`;
}

async function namesOf(path) {
  return Object.keys(await import(path)).filter((name) => name !== "default" && /^[A-Za-z_$]\w*$/.test(name));
}

/** An ES module of which esbuild keeps only the members that are imported. */
function presentModule(path, names) {
  const members = names.map((name) => `export const ${name}=/* @__PURE__ */member(${JSON.stringify(name)});`);
  return `const module=${load(path)};const member=(name)=>module[name];export default module;${members.join("")}`;
}

/** A CommonJS module whose members load the real one. */
function lazyModule(path, names) {
  const members = names.map((name) => `get ${name}(){return load().${name}}`);
  return `let loaded;const load=()=>loaded??=${load(path)};module.exports={${members.join(",")}};`;
}
