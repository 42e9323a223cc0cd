/** What `why` answers: ends and starts of containers, ports, images, mounts and space. */
export const english = {
  presence: {
    created: "it was never started",
    paused: ({ since }: { since: string }) => `it is paused; it was started at ${since}`,
    running: ({ since }: { since: string }) => `it has been running since ${since}`,
  },
  end: {
    notStarted: ({ reason }: { reason: string }) => `could not be started: ${reason}`,
    unseen: "unknown: it ended while its monitor was not there to see how, as after a kill of the monitor",
    rebooted: "ended with the machine, which was started anew while it ran; how it ended is not known",
    unrecorded: "ended, and its status was not recorded",
    exited: ({ code }: { code: number }) => `exited with ${code}`,
    notExecutable: ({ code }: { code: number }) =>
      `exited with ${code}, as a shell does for a command that it may not execute`,
    notFound: ({ code }: { code: number }) => `exited with ${code}, as a shell does for a command that it cannot find`,
    ofSignal: ({ code, signal }: { code: number; signal: string }) =>
      `exited with ${code}, as a shell does for a command that ${signal} ended`,
    signal: ({ signal }: { signal: string }) => `ended by ${signal}`,
    namelessSignal: ({ number }: { number: number }) => `signal ${number}`,
    killSent: ({ signal }: { signal: string }) =>
      `ended by ${signal}, which was sent to it: its memory had not run out`,
    killUnknown: ({ signal }: { signal: string }) =>
      `ended by ${signal}; whether memory ran out is not known, because the host has no memory controller in cgroup v2`,
    byKernel: ({ memory }: { memory: string }) => `killed by the kernel: ${memory}`,
    afterKernel: ({ end, memory }: { end: string; memory: string }) =>
      `${end}, after the kernel had killed a process of it: ${memory}`,
    limitReached: ({ limit }: { limit: string }) => `memory limit ${limit} reached`,
    memoryOut: "the machine, or a group above the container's, ran out of memory",
    peak: ({ peak }: { peak: string }) => `peak ${peak}`,
    kills: ({ count }: { count: number }) => (count === 1 ? "1 kill" : `${count} kills`),
    refusedForks: ({ end, count }: { end: string; count: number }) =>
      `${end}; the limit of its processes kept it from making one ${count === 1 ? "once" : `${count} times`}`,
    unlogged: ({ end, bytes }: { end: string; bytes: number }) =>
      `${end}; ${bytes} bytes of what it wrote did not reach its log`,
    silent: "the launch ended without saying why",
    unjoinable: "a container whose namespaces it joins does not run any more",
    notExecuted: ({ error }: { error: string }) => `its command cannot be executed: ${error}`,
  },
  history: {
    restarted: ({ count, policy }: { count: number; policy: string }) =>
      `it was started again ${count === 1 ? "once" : `${count} times`} by its restart policy "${policy}"`,
    willRestart: "it will be started again by itself",
    policyUsed: "that was as often as the policy allows",
    timeout: ({ seconds }: { seconds: number }) => `it had run for the ${seconds} seconds of its --timeout`,
    forced: ({ signal, seconds }: { signal: string; seconds: string }) =>
      `${signal} was sent first, and ${seconds} s later, when it had not ended, SIGKILL: its first process has no handler for the signal, or takes longer than the stop timeout`,
    slow: ({ signal, seconds }: { signal: string; seconds: string }) =>
      `it ended ${seconds} s after ${signal} was sent`,
    aSignal: "a signal",
  },
  image: {
    removable: ({ bytes }: { bytes: string }) => `it can be removed, and what takes ${bytes} goes with it`,
    removableName: "it can be removed, and only a name goes with it",
    kept: ({ reason }: { reason: string }) => `it cannot be removed: ${reason}`,
    running: ({ container }: { container: string }) => `container ${container} runs from it`,
    made: ({ container }: { container: string }) => `container ${container} was made from it and has not been removed`,
    names: ({ count }: { count: number }) => `it has ${count} names: removing one leaves the others`,
    explainHint: "brig image explain shows what each layer holds and what of it later ones hide",
    forceContainer: "brig rm --force removes a container that runs",
    forceImage: "brig rmi --force removes all of its names, and the image with them",
    size: ({ bytes, layers, packed }: { bytes: string; layers: number; packed: string }) =>
      `it takes ${bytes} in ${layers === 1 ? "1 layer" : `${layers} layers`}, ${packed} packed`,
    shared: ({ bytes, others }: { bytes: string; others: string }) => `${bytes} of it is shared with ${others}`,
    sharedAndMore: ({ bytes, others, more }: { bytes: string; others: string; more: number }) =>
      `${bytes} of it is shared with ${others} and ${more} more`,
    layer: ({ number, count, bytes }: { number: number; count: number; bytes: string }) =>
      `layer ${number} of ${count} takes ${bytes}`,
    layerMadeBy: ({ number, count, bytes, by }: { number: number; count: number; bytes: string; by: string }) =>
      `layer ${number} of ${count} takes ${bytes}, made by ${by}`,
  },
  mount: {
    name: ({ path, container }: { path: string; container: string }) => `${path} in ${container}`,
    at: ({ mount }: { mount: string }) => `it is ${mount}`,
    below: ({ point, mount }: { point: string; mount: string }) => `it is below ${point}, which is ${mount}`,
    unseen: "not mounted by anything that can be seen",
    written: ({ path }: { path: string }) => `what it writes there is kept in ${path}`,
    hint: ({ container }: { container: string }) => `brig explain ${container} shows every call of its start`,
    readOnly: "read-only",
    writable: "writable",
    tmpfs: ({ access }: { access: string }) =>
      `a tmpfs was asked for there, ${access}: it is gone with the container's end`,
    bind: ({ source, access }: { source: string; access: string }) =>
      `the host's ${source} was asked for there, ${access}`,
    volume: ({ volume, access, directory }: { volume: string; access: string; directory: string }) =>
      `${volume} was asked for there, ${access}; its files are in ${directory}`,
    volumePart: (values: { volume: string; access: string; part: string; directory: string }) =>
      `${values.volume} was asked for there, ${values.access}, of which ${values.part} is shown; its files are in ${values.directory}`,
    named: ({ volume }: { volume: string }) => `the volume ${volume}`,
    nameless: ({ volume }: { volume: string }) => `a volume without a name (${volume})`,
    step: ({ step, calls, reason }: { step: string; calls: string; reason: string }) =>
      `step ${step} of its start, by ${calls}: ${reason}`,
  },
  port: {
    name: ({ port }: { port: string }) => `port ${port}`,
    unused: "no container publishes it and nothing on this host listens at it",
    heldBy: ({ pid, program, socket }: { pid: number; program: string; socket: string }) =>
      `the process ${pid} (${program}) of this host listens at ${socket}; no container publishes it`,
    held: ({ socket }: { socket: string }) => `a process of this host listens at ${socket}; no container publishes it`,
    stopped: ({ container, socket }: { container: string; socket: string }) =>
      `the container "${container}", which does not run, published ${socket}`,
    publishes: ({ container, socket }: { container: string; socket: string }) =>
      `the container "${container}" publishes ${socket}`,
    start: ({ container }: { container: string }) => `start it: brig start ${container}`,
    publish: ({ words }: { words: string }) => `publish it: brig run -p ${words}, or brig update --publish-add`,
    leads: ({ socket, inside, container }: { socket: string; inside: string; container: string }) =>
      `${socket} leads to port ${inside} of the container "${container}"`,
    leadsNowhere: ({ socket, inside, container }: { socket: string; inside: string; container: string }) =>
      `${socket} leads to port ${inside} of the container "${container}", but the kernel has no rule for it`,
    repair: "put it back with: brig network check --repair",
    deaf: ({ inside }: { inside: string }) => `nothing in the container listens at port ${inside}`,
    elsewhere: ({ socket, wanted }: { socket: string; wanted: string }) =>
      `the container's program listens at ${socket} only: let it listen at ${wanted}`,
    path: {
      to: ({ socket }: { socket: string }) => `to ${socket}`,
      toAny: ({ port }: { port: number }) => `to any address of this host, port ${port}`,
      translated: ({ map, socket }: { map: string; socket: string }) =>
        `table inet brig, chain published (from outside and from containers) or published-local (from this host), map ${map}: to ${socket}`,
      forwarded: "table inet brig, chain forward: published ports may pass into the network",
      bridge: ({ bridge, outside, inside }: { bridge: string; outside: string; inside: string }) =>
        `bridge ${bridge}, interface ${outside}, ${inside} in the container`,
      source: "the source address stays, but from the loopback and from the same network it becomes the bridge's",
    },
    bridgeFilter:
      "at [::1] nobody answers while net.bridge.bridge-nf-call-ip6tables is 1: use 127.0.0.1, or an address of an interface",
  },
  space: {
    used: ({ bytes, parts }: { bytes: string; parts: string }) => `${bytes} are in use: ${parts}`,
    images: ({ count, bytes }: { count: number; bytes: string }) =>
      `${count === 1 ? "1 image" : `${count} images`} ${bytes}`,
    containers: ({ count, bytes }: { count: number; bytes: string }) =>
      `what ${count === 1 ? "1 container" : `${count} containers`} wrote ${bytes}`,
    volumes: ({ count, bytes }: { count: number; bytes: string }) =>
      `${count === 1 ? "1 volume" : `${count} volumes`} ${bytes}`,
    more: ({ count }: { count: number }) => `and ${count} more that take less each`,
    reclaimable: ({ bytes }: { bytes: string }) => `${bytes} can be had back: it is not in use`,
    allUsed: "nothing of it can go: all of it is in use",
    hint: "brig system prune --all --volumes --dry-run says what would go and why",
    sharedLayers: "layers that several images share, and all layers as they were downloaded",
    image: ({ name, use }: { name: string; use: string }) => `the image ${name}; ${use}`,
    imageBeside: ({ name, shared, use }: { name: string; shared: string; use: string }) =>
      `the image ${name} alone, beside ${shared} that it shares; ${use}`,
    usedBy: ({ count }: { count: number }) => `used by ${count === 1 ? "1 container" : `${count} containers`}`,
    unused: "no container uses it",
    container: ({ name, status }: { name: string; status: string }) =>
      `what the container ${name} wrote; it is ${status}`,
    volume: ({ name, use }: { name: string; use: string }) => `the volume ${name}; ${use}`,
  },
  hint: ({ text }: { text: string }) => `hint: ${text}`,
};
