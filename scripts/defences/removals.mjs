// For named regressions (docs/REGRESSIONS.md): what to take out of the sources so that one defence is gone. `from` occurs
// exactly once in its file, which a unit test checks. A build with it is made by scripts/defences.mjs, for the test that must fail.

/** @type {readonly {id: string, without: string, edits: readonly {file: string, from: string, to: string}[], tests: string}[]} */
export const removals = [
  {
    id: "V04",
    without: "the host's null device: what hides is whatever the container has at /dev/null",
    edits: [
      {
        file: "native/operations_child.c",
        from: 'int source = launch_handle(launch, directory ? "mask" : "null");',
        to: 'int own = path_open_in(&launch->journal, launch->root, "dev/null", O_PATH, IN_ROOT), source = directory ? launch_handle(launch, "mask") : own;',
      },
    ],
    tests: "security/V04",
  },
  {
    id: "V11",
    without: "the look at an image's volumes",
    edits: [
      {
        file: "src/container/mergeImageConfig.ts",
        from: 'if (text.startsWith("/") && path !== "/" && !inside && !climbs && !hasControlCharacter(text)) return { path };',
        to: 'if (text.startsWith("/") && (inside || climbs || hasControlCharacter(text) || path !== "")) return { path };',
      },
    ],
    tests: "security/V69",
  },
  {
    id: "V11",
    without: "the resolution of mount points inside the container's root",
    edits: [
      {
        file: "native/operations_child.c",
        from: "uint64_t resolve = IN_ROOT | (plain ? (uint64_t)RESOLVE_NO_SYMLINKS : 0u);",
        to: "uint64_t resolve = plain ? IN_ROOT | (uint64_t)RESOLVE_NO_SYMLINKS : 0u;",
      },
    ],
    tests: "security/V69",
  },
  {
    id: "V38",
    without: "the choice of attributes: those of overlayfs are kept",
    edits: [
      { file: "src/overlay/layerXattrs.ts", from: '!name.startsWith("user.overlay.") && ', to: "" },
      {
        file: "src/overlay/layerXattrs.ts",
        from: "if (aclNames.includes(name)) return",
        to: 'if (name.startsWith("trusted.overlay.")) return true;\n  if (aclNames.includes(name)) return',
      },
    ],
    tests: "security/V38",
  },
  {
    id: "V66",
    without: "the groups of the user",
    edits: [{ file: "native/operations_init.c", from: "setgroups(count, groups)", to: "setgroups(0, groups)" }],
    tests: "security/V66",
  },
  {
    id: "V68",
    without: "the empty environment of the helper and the monitor, which is given and made once more",
    edits: [
      { file: "src/launch/helperProcess.ts", from: "env: {}, detached });", to: "detached });" },
      {
        file: "native/launch.c",
        from: "if (overlay >= 0) fexecve(overlay, argv, (char *[]){NULL});",
        to: "if (overlay >= 0) fexecve(overlay, argv, environ);",
      },
    ],
    tests: "security/V69",
  },
  {
    id: "V69",
    without: "the list of members that are read of a configuration",
    edits: [
      {
        file: "src/oci/parseImageConfig.ts",
        from: "    config: execution === undefined ? emptyExecution : parseExecution(execution),",
        to: "    wishes: JSON.parse(new TextDecoder().decode(bytes)),\n    config: execution === undefined ? emptyExecution : parseExecution(execution),",
      },
      {
        file: "src/container/run/draftRun.ts",
        from: "  const choice = mergeImageConfig(options, image.config);",
        to: "  if (image.wishes?.config?.Privileged ?? image.wishes?.Privileged) options = { ...options, privileged: true };\n  const choice = mergeImageConfig(options, image.config);",
      },
    ],
    tests: "security/V69",
  },
  {
    id: "V76",
    without: "the mode of the monitor's socket",
    edits: [{ file: "native/monitor.c", from: "umask(0177);", to: "umask(0);" }],
    tests: "security/V76",
  },
  {
    id: "V77",
    without: "the rotation of logs",
    edits: [
      {
        file: "native/log.c",
        from: "if (log->fd >= 0 && log->max_size > 0 && log->size >= log->max_size) rotate(log);",
        to: "if (log->fd == -2) rotate(log);",
      },
    ],
    tests: "security/V77",
  },
  {
    id: "V79",
    without: "sentences for impossible processors: the mistake is thrown as it is",
    edits: [
      {
        file: "src/cgroups/parseIndexList.ts",
        from: 'new EngineError("invalidValue", `invalid value ',
        to: "new RangeError(`invalid value ",
      },
    ],
    tests: "security/V77",
  },
  {
    id: "V88",
    without: "the launcher's look at Node's variables",
    edits: [{ file: "bin/brig", from: "unset NODE_OPTIONS NODE_PATH ", to: ": " }],
    tests: "integration/cli/launcher",
  },
  {
    id: "V92",
    without: "the plan's way by descriptor alone: it lies on the disk, too",
    edits: [
      {
        file: "src/container/lifecycle/startContainer.ts",
        from: "  const plan = planOf({ ...prepared.launch, foreground: false }, context);",
        to: '  const plan = planOf({ ...prepared.launch, foreground: false }, context);\n  (await import("node:fs")).writeFileSync(context.runRoot + "/launch.json", JSON.stringify(plan));',
      },
    ],
    tests: "security/V76",
  },
];
