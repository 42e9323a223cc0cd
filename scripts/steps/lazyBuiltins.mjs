// Modules of Node are loaded when something of them is first used, not when a file that mentions them is: node:crypto or
// node:http take milliseconds that most commands would spend for nothing.

/** An esbuild plugin: every `node:x` becomes an object whose members load the module on their first use. */
export const lazyBuiltins = {
  name: "lazy-builtins",
  setup(build) {
    build.onResolve({ filter: /^node:/ }, ({ path }) => ({ path, namespace: "node-builtin" }));
    build.onLoad({ filter: /.*/, namespace: "node-builtin" }, async ({ path }) => {
      const builtin = await import(path);
      const load = `process.getBuiltinModule(${JSON.stringify(path)})`;
      // A module that is itself a class or a function (node:stream) cannot be imitated.
      if (typeof builtin.default === "function") return { contents: `module.exports=${load};`, loader: "js" };
      const names = Object.keys(builtin).filter((name) => name !== "default" && /^[A-Za-z_$]\w*$/.test(name));
      const members = names.map((name) => `get ${name}(){return load().${name}}`).join(",");
      const contents = `let loaded;const load=()=>loaded??=${load};module.exports={${members}};`;
      return { contents, loader: "js" };
    });
  },
};
