// For named regressions (docs/REGRESSIONS.md): what to take out of the sources so that one defence is gone. `from` occurs
// exactly once in its file, which a unit test checks. A build with it is made by scripts/defences.mjs, for the test that must fail.

/** @type {readonly {id: string, without: string, edits: readonly {file: string, from: string, to: string}[], tests: string}[]} */
export const removals = [
  {
    id: "V01",
    without: "the executable that nobody can write: the helper runs from where it lies",
    edits: [
      {
        file: "native/launch.c",
        from: "if (run_from_unwritable(argv) != 0) {",
        to: "if (argc > 2 && run_from_unwritable(argv) != 0) {",
      },
    ],
    tests: "security/V01",
  },
  {
    id: "V02",
    without: "the helper's word that it may not be traced",
    edits: [
      {
        file: "native/operations_host.c",
        from: "prctl(PR_SET_DUMPABLE, 0, 0, 0, 0), ",
        to: "prctl(PR_SET_DUMPABLE, 1, 0, 0, 0), ",
      },
    ],
    tests: "security/V02",
  },
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
    id: "V06",
    without: "the refusal of mounts by name",
    edits: [
      {
        file: "src/container/spec/userMounts.ts",
        from: "if (!refused) return;",
        to: 'if (!refused || target !== "") return;',
      },
    ],
    tests: "security/V06",
  },
  {
    id: "V06",
    without: "the look at what a link of the image leads a mount to",
    edits: [
      {
        file: "native/operations_child.c",
        from: "if (there.f_type != PROC_SUPER_MAGIC && there.f_type != SYSFS_MAGIC && there.f_type != CGROUP2_SUPER_MAGIC) return disown(&fd);",
        to: "if (there.f_type != 0) return disown(&fd);",
      },
    ],
    tests: "security/V06",
  },
  {
    id: "V07",
    without: "the refusal of links where the kernel's file systems go",
    edits: [
      {
        file: "src/launch/compileChild.ts",
        from: "...(kernelDirectories.test(destination) ? { nosymlinks: 1 } : {}) };",
        to: "};",
      },
    ],
    tests: "security/V07",
  },
  {
    id: "V09",
    without: "the resolution inside the container's root of what is missing",
    edits: [
      {
        file: "native/paths.c",
        from: "return open_or_make(journal, root, copy, create, resolve);",
        to: 'return open_or_make(journal, root, copy + strspn(copy, "/"), create, resolve & RESOLVE_NO_SYMLINKS);',
      },
    ],
    tests: "security/V09",
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
    id: "V12",
    without: "the empty set of what is passed on",
    edits: [
      {
        file: "src/launch/compileInit.ts",
        from: "inheritable: String(capabilityMask(inheritable)),",
        to: "inheritable: String(capabilityMask([...inheritable, ...permitted])),",
      },
    ],
    tests: "security/V12",
  },
  {
    id: "V15",
    without: "the read-only groups",
    edits: [
      {
        file: "src/launch/hardening/defaultMounts.ts",
        from: "privileged || writableCgroups ? isolated",
        to: "privileged || writableCgroups || isolated.length > 0 ? isolated",
      },
    ],
    tests: "security/V15",
  },
  {
    id: "V16",
    without: "the filter of system calls",
    edits: [
      { file: "src/launch/compileInit.ts", from: "...(late ? [] : filter),", to: "" },
      { file: "src/launch/compileInit.ts", from: "...(late ? filter : []),", to: "...filter.slice(1)," },
    ],
    tests: "security/V16",
  },
  {
    id: "V17",
    without: "the masks",
    edits: [
      {
        file: "src/launch/compileChild.ts",
        from: "...maskedPaths.map((path) =>",
        to: "...maskedPaths.slice(maskedPaths.length).map((path) =>",
      },
    ],
    tests: "security/V15",
  },
  {
    id: "V19",
    without: "the denial of calls for keys",
    edits: [
      {
        file: "src/launch/seccomp/profile.ts",
        from: 'allow(["socket"], [{ index: 0, op: "SCMP_CMP_LT", value: 12 }]),',
        to: 'allow(["keyctl", "add_key", "request_key"]),\n  allow(["socket"], [{ index: 0, op: "SCMP_CMP_LT", value: 12 }]),',
      },
    ],
    tests: "security/V16",
  },
  {
    id: "V21",
    without: "the resolution of mount points inside the container's root",
    edits: [
      {
        file: "native/operations_child.c",
        from: "uint64_t resolve = IN_ROOT | (plain ? (uint64_t)RESOLVE_NO_SYMLINKS : 0u);",
        to: "uint64_t resolve = plain ? IN_ROOT | (uint64_t)RESOLVE_NO_SYMLINKS : 0u;",
      },
    ],
    tests: "security/V09",
  },
  {
    id: "V22",
    without: "the list of address families",
    edits: [
      {
        file: "src/launch/seccomp/profile.ts",
        from: 'allow(["socket"], [{ index: 0, op: "SCMP_CMP_LT", value: 12 }]),',
        to: 'allow(["socket"], [{ index: 0, op: "SCMP_CMP_LT", value: 64 }]),',
      },
    ],
    tests: "security/V16",
  },
  {
    id: "V23",
    without: "the denial of calls that nobody in a container needs",
    edits: [
      {
        file: "src/launch/seccomp/profile.ts",
        from: 'allow(["socket"], [{ index: 0, op: "SCMP_CMP_LT", value: 12 }]),',
        to: 'allow(["io_uring_setup", "userfaultfd", "bpf", "perf_event_open"]),\n  allow(["socket"], [{ index: 0, op: "SCMP_CMP_LT", value: 12 }]),',
      },
    ],
    tests: "security/V16",
  },
  {
    id: "V30",
    without: "the pivot into the layer and the resolution inside it",
    edits: [
      {
        file: "src/overlay/planUnpacking.ts",
        from: '    { op: "pivot", fields: {} },\n',
        to: "",
      },
      {
        file: "native/extract.c",
        from: "flags, RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS);",
        to: "flags, 0);",
      },
    ],
    tests: "security/V30",
  },
  {
    id: "V35",
    without: "the bound of what is unpacked",
    edits: [
      {
        file: "src/image/decompress.ts",
        from: "if (total > maxBytes) {",
        to: "if (total < 0) {",
      },
    ],
    tests: "security/V35",
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
    id: "V39",
    without: "the root without devices and the filter of devices",
    edits: [
      {
        file: "src/launch/compileHost.ts",
        from: 'attribute: ["MOUNT_ATTR_NODEV"],',
        to: "attribute: [],",
      },
      {
        file: "src/container/spec/planGrants.ts",
        from: "Buffer.from(compileDeviceFilter(resources.devices))",
        to: 'Buffer.from(compileDeviceFilter([{ allow: true, type: "a", access: "rwm" }]))',
      },
    ],
    tests: "security/V39",
  },
  {
    id: "V46",
    without: "the look for parts of a name that lead upwards",
    edits: [
      {
        file: "src/image/archive/archiveMembers.ts",
        from: 'if (parts.includes("..")) throw',
        to: "if (parts.length < 0) throw",
      },
    ],
    tests: "security/V46",
  },
  {
    id: "V51",
    without: "the rule that credentials belong to one place",
    edits: [
      {
        file: "src/image/registry/transport.ts",
        from: "...(isOrigin && request.authorization !== undefined",
        to: "...(request.authorization !== undefined",
      },
    ],
    tests: "integration/pull/redirects",
  },
  {
    id: "V55",
    without: "the look at what registries say",
    edits: [
      {
        file: "src/image/registry/failures.ts",
        from: '\\u2028-\\u202e\\u2066-\\u2069]+/g, " ");',
        to: "\\u2028-\\u202e\\u2066-\\u2069]+/g, (what) => what);",
      },
    ],
    tests: "integration/pull/faults",
  },
  {
    id: "V56",
    without: "the look for what was sent in what comes back",
    edits: [
      {
        file: "src/image/registry/statuses.ts",
        from: '+/gi, "$1 ***");',
        to: '+/gi, "$&");',
      },
    ],
    tests: "security/V56",
  },
  {
    id: "V64",
    without: "the rule that what was promised in a header is written",
    edits: [
      {
        file: "native/archive.c",
        from: "size_t part = size < sizeof bytes ? (size_t)size : sizeof bytes;",
        to: "size_t part = sizeof bytes;",
      },
      {
        file: "native/archive.c",
        from: "size -= (uint64_t)got;",
        to: "size -= (uint64_t)got < size ? (uint64_t)got : size;",
      },
    ],
    tests: "security/V61",
  },
  {
    id: "V66",
    without: "the groups of the user",
    edits: [{ file: "native/operations_init.c", from: "setgroups(count, groups)", to: "setgroups(0, groups)" }],
    tests: "security/V66",
  },
  {
    id: "V67",
    without: "the look for control characters",
    edits: [
      {
        file: "src/container/options/singleLine.ts",
        from: "if (code < 0x20 || (code >= 0x7f && code <= 0x9f) || code === 0x2028 || code === 0x2029) return true;",
        to: "if (code === 0) return true;",
      },
    ],
    tests: "security/V66",
  },
  {
    id: "V67",
    without: "the look for control characters in what the host's resolver is configured with",
    edits: [
      {
        file: "src/container/spec/etcFiles.ts",
        from: 'word !== "" && !hasControlCharacter(word)',
        to: 'word !== "" && !hasControlCharacter("")',
      },
    ],
    tests: "unit/container/spec/etcFiles",
  },
  {
    id: "V67",
    without: "the alphabet of host names",
    edits: [
      {
        file: "src/container/options/hostFlags.ts",
        from: "&& /^[a-zA-Z0-9_][a-zA-Z0-9_.-]*$/.test(text);",
        to: '&& !text.startsWith("-");',
      },
    ],
    tests: "security/V66",
  },
  {
    id: "V67",
    without: "the alphabet of options for the resolver",
    edits: [
      {
        file: "src/container/options/hostFlags.ts",
        from: "if (/^[a-z0-9-]{1,64}(:[a-z0-9]{1,16})?$/i.test(text)) return text;",
        to: 'if (text !== "") return text;',
      },
    ],
    tests: "security/V66",
  },
  {
    id: "V67",
    without: "the form of an account's numbers",
    edits: [
      {
        file: "src/container/identity/accounts.ts",
        from: "if (!/^[0-9]{1,10}$/.test(text)) return undefined;",
        to: 'if (text === "") return undefined;',
      },
    ],
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
        from: "  const choice = mergeImageConfig(options, config.config);",
        to: "  if (config.wishes?.config?.Privileged ?? config.wishes?.Privileged) options = { ...options, privileged: true };\n  const choice = mergeImageConfig(options, config.config);",
      },
    ],
    tests: "security/V69",
  },
  {
    id: "V75",
    without: "the writing out of control characters",
    edits: [
      {
        file: "src/cli/render/sanitize.ts",
        from: 'const { keep = "", show = writeOut } = rule;',
        to: 'if (text !== "") return text;\n  const { keep = "", show = writeOut } = rule;',
      },
    ],
    tests: "security/V75",
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
    id: "V89",
    without: "the bound of documents",
    edits: [{ file: "src/image/registry/documents.ts", from: "if (length > maxBytes) {", to: "if (length < 0) {" }],
    tests: "integration/pull/faults",
  },
  {
    id: "V89",
    without: "the bound of blobs: the manifest's word for their size",
    edits: [{ file: "src/image/registry/blob.ts", from: "if (at > descriptor.size) {", to: "if (at < 0) {" }],
    tests: "integration/pull/faults",
  },
  {
    id: "V89",
    without: "the look at the length that a registry announces",
    edits: [
      {
        file: "src/image/registry/blob.ts",
        from: "if (length === null || (/^\\d{1,15}$/.test(length) && Number(length) === size - start)) return;",
        to: "if (length === null || /^\\d{1,15}$/.test(length)) return;",
      },
    ],
    tests: "integration/pull/faults",
  },
  {
    id: "V89",
    without: "the refusal of a compressed transport",
    edits: [{ file: "src/image/registry/transport.ts", from: "compress: false,", to: "compress: true," }],
    tests: "integration/pull/faults",
  },
  {
    id: "V89",
    without: "the bound of the time that headers may take",
    edits: [
      { file: "src/image/registry/transport.ts", from: "watch.allow(this.#timeouts.headersMs);", to: "watch.rest();" },
    ],
    tests: "integration/pull/faults",
  },
  {
    id: "V89",
    without: "the bound of a silence in the middle of a body",
    edits: [
      { file: "src/image/registry/transport.ts", from: "watch.allow(patienceMs);", to: "watch.rest();" },
      { file: "src/image/registry/transport.ts", from: "watch.allow(Math.max(1, patienceMs));", to: "watch.rest();" },
    ],
    tests: "integration/pull/faults",
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

/**
 * Regressions of test/security for which nothing is removed, and what shows instead that their tests would notice.
 *
 * @type {ReadonlyMap<string, string>}
 */
export const otherwiseProved = new Map([
  [
    "V03",
    "with close-on-exec, close_range and the look at the working directory taken away nothing is open either, because the helper closes each descriptor where it was used: each of the four hides that the others are gone",
  ],
  ["V18", "the last test of the file makes the same attack on a terminal that it can reach, where it works"],
  [
    "V31",
    "the shapes meet the two defences that V30 removes; without them one shape would write to the root of the host",
  ],
  ["V33", "what is copied into is the same view as for V60"],
  [
    "V60",
    "the copying process has joined the container's mount namespace: without that it has no view of the container at all, and with it no link leads out, however paths are resolved there",
  ],
  ["V61", "nothing is in the way that could be removed: the helper has no code that loads or starts a program"],
  ["V63", "what is exported is read in the same view as for V60"],
  ["V70", "the test takes every defence away at its end and sends the same frame, which is then believed"],
]);
