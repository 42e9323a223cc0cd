import { readFileSync } from "node:fs";
import { join } from "node:path";
import type {
  ContainerArchives,
  ContainerNetworks,
  ContainerStudies,
  ContainerViews,
  EngineContext,
  EngineStore,
  RunOptions,
} from "./container/index.ts";
import { archiveMembers } from "./engine/archiveMembers.ts";
import { storedName, withConfiguredDefaults } from "./engine/configured.ts";
import { groupChecks } from "./engine/groupChecks.ts";
import { type ImageArchiveMembers, imageArchiveMembers } from "./engine/imageArchiveMembers.ts";
import { type ImageMembers, imageMembers, imageStore } from "./engine/imageMembers.ts";
import { lifecycleMembers } from "./engine/lifecycleMembers.ts";
import { networkChecks } from "./engine/networkChecks.ts";
import { networkMembers } from "./engine/networkMembers.ts";
import { helperPathOf, ownProgram, packageDirectory, rootsOf } from "./engine/ownPlaces.ts";
import { defaultSubnetOf, type Places, probe, requireRoot } from "./engine/places.ts";
import { type RegistryMembers, registryMembers } from "./engine/registryMembers.ts";
import { openSteps } from "./engine/stepMember.ts";
import { storeMembers } from "./engine/storeMembers.ts";
import { studyMembers } from "./engine/studyMembers.ts";
import { type SystemMembers, systemMembers } from "./engine/systemMembers.ts";
import { viewMembers } from "./engine/viewMembers.ts";
import type { Engine, EngineSettings } from "./engine.ts";
import type { BuildIdentity } from "./host/index.ts";

export { helperPathOf, ownProgram, rootsOf } from "./engine/ownPlaces.ts";

/**
 * Opens the engine. Nothing is touched, started or kept open by that: every member loads the rooms that it needs and
 * looks at the disk afresh, so any number of engines and processes may work on the same data root.
 */
export function createEngine(settings: EngineSettings = {}): Engine {
  const places: Places = {
    settings,
    ...rootsOf(settings),
    language: settings.language ?? "en",
    helperPath: helperPathOf(settings),
  };
  return {
    ...imageMembers(places),
    ...imageArchiveMembers(places),
    ...registryMembers(places),
    ...containerMembers(places),
    ...viewMembers(places, () => containerContext(places)),
    ...archiveMembers(places, () => containerContext(places)),
    ...networkMembers(places, () => containerContext(places)),
    ...storeMembers(places, () => containerContext(places)),
    ...studyMembers(places, () => containerContext(places)),
    ...hostMembers(places),
    ...systemMembers({ ...places, program: ownProgram() }, () => containerContext(places)),
  };
}

type ContainerMembers = Omit<
  Engine,
  | keyof ImageMembers
  | keyof ImageArchiveMembers
  | keyof RegistryMembers
  | keyof HostMembers
  | keyof SystemMembers
  | keyof ContainerViews
  | keyof ContainerArchives
  | keyof ContainerNetworks
  | keyof ContainerStudies
  | keyof EngineStore
>;

function containerMembers(places: Places): ContainerMembers {
  const complete = async (options: RunOptions): Promise<RunOptions> => {
    const { configuration } = places.settings;
    if (configuration === undefined) return options;
    return withConfiguredDefaults({ ...options, image: await storedName(options.image, places) }, configuration);
  };
  return {
    ...planMembers(places, complete),
    async run(options, streams, observer = {}) {
      const { runContainer, verifyRun } = await import("./container/index.ts");
      const request = { options: await complete(options), streams, observer };
      const context = await containerContext(places);
      return observer.onVerified === undefined
        ? runContainer(request, context)
        : verifyRun(runContainer, request, context);
    },
    stepRun: (request) => openSteps(request, complete, () => containerContext(places)),
    async exec(run) {
      const { execContainer } = await import("./container/index.ts");
      return execContainer(run, await containerContext(places));
    },
    async *stats(request) {
      const { statsContainers } = await import("./container/index.ts");
      yield* statsContainers(request, await containerContext(places));
    },
    async top(request) {
      const { tendContainer, topContainer, unlessRemoved } = await import("./container/index.ts");
      const context = await containerContext(places);
      return unlessRemoved({ ...places, nameOrId: request.container }, async () => {
        await tendContainer(request.container, places);
        return topContainer(request, context);
      });
    },
    async create(options, observer = {}) {
      const { makeOnly } = await import("./container/index.ts");
      return makeOnly({ options: await complete(options), observer }, await containerContext(places));
    },
    async runDetached(options, observer = {}) {
      const { runDetached, verifyRun } = await import("./container/index.ts");
      const request = { options: await complete(options), observer };
      const context = await containerContext(places);
      return observer.onVerified === undefined
        ? runDetached(request, context)
        : verifyRun(runDetached, request, context);
    },
    ...lifecycleMembers(places, () => containerContext(places)),
    ...outputMembers(places),
    async removeContainer(nameOrId, { force = false, volumes = false } = {}) {
      requireRoot(await probe(places), "remove a container");
      const { removeByName } = await import("./container/index.ts");
      return removeByName(nameOrId, { force, volumes }, await containerContext(places));
    },
  };
}

/** What would be done. */
function planMembers(
  places: Places,
  complete: (options: RunOptions) => Promise<RunOptions>,
): Pick<Engine, "plan" | "diffPlans" | "compareRunc" | "unroll"> {
  return {
    async plan(options) {
      const { planRun } = await import("./container/index.ts");
      return planRun(await complete(options), await containerContext(places));
    },
    async diffPlans({ before, after }) {
      const { diffPlans } = await import("./container/index.ts");
      const request = { before: await complete(before), after: await complete(after) };
      return diffPlans(request, await containerContext(places));
    },
    async compareRunc(request) {
      const { compareRunc } = await import("./container/index.ts");
      return compareRunc({ ...request, options: await complete(request.options) }, await containerContext(places));
    },
    async unroll({ options, title }) {
      const { unrollRun } = await import("./container/index.ts");
      return unrollRun({ options: await complete(options), title }, await containerContext(places));
    },
  };
}

/** What a container says, and what is said about containers. */
function outputMembers(places: Places): Pick<Engine, "logs" | "events" | "attach"> {
  return {
    async *logs(request) {
      requireRoot(await probe(places), "read the log of a container");
      const { containerLogs } = await import("./container/index.ts");
      yield* containerLogs(request, places);
    },
    async *events(request) {
      requireRoot(await probe(places), "read the events");
      const { readEvents } = await import("./container/index.ts");
      yield* readEvents(places.root, request);
    },
    async attach(request) {
      requireRoot(await probe(places), "attach to a container");
      const { attachByName, unlessRemoved } = await import("./container/index.ts");
      return unlessRemoved({ ...places, nameOrId: request.nameOrId }, () =>
        attachByName(request, { ...places, now: () => new Date() }),
      );
    },
  };
}

async function containerContext(places: Places): Promise<EngineContext> {
  const facts = await probe(places);
  return {
    root: places.root,
    runRoot: places.runRoot,
    helperPath: places.helperPath,
    cleanup: cleanupCommand(places),
    ...idPoolOf(places),
    ...(places.settings.alterPlan === undefined ? {} : { alterPlan: places.settings.alterPlan }),
    ...defaultSubnetOf(places),
    now: () => new Date(),
    pid: process.pid,
    probeHost: () => facts,
    refetch: async (part) => (await import("./engine/refetch.ts")).refetch(part, places),
    pull: (reference, platform) =>
      imageMembers(places).pull({ reference, ...(platform === undefined ? {} : { platform }) }),
  };
}

function idPoolOf({ settings }: Places): Pick<EngineContext, "idPool"> {
  const pool = settings.configuration?.security?.idPool;
  return pool === undefined ? {} : { idPool: pool };
}

/** How a monitor calls us back when a container that nobody waits for has ended. */
function cleanupCommand({ root, runRoot }: Places): readonly string[] {
  // Without a configuration: a mistake in one must not keep what has ended from being put away.
  return [...ownProgram(), "--config=", "--root", root, "--run-root", runRoot, "container", "cleanup"];
}

type HostMembers = Pick<Engine, "version" | "info" | "doctor">;

function hostMembers(places: Places): HostMembers {
  return {
    async version() {
      const { reportVersion } = await import("./host/index.ts");
      return reportVersion(buildIdentity(), await probe(places));
    },
    async info() {
      const { summarizeHost } = await import("./host/index.ts");
      const { loadMessages } = await import("./messages/index.ts");
      const containers = await viewMembers(places, () => containerContext(places)).containers({ all: true });
      const count = (wanted: string) => containers.filter(({ status }) => status === wanted).length;
      const [running, paused] = [count("running") + count("restarting"), count("paused")];
      const images = (await imageStore(places)).list().length;
      const counts = { running, paused, stopped: containers.length - running - paused, images };
      // In English whatever the language: scripts look for Docker's warnings.
      const words = await loadMessages("doctor");
      return summarizeHost(await probe(places), { counts, serverVersion: buildIdentity().version, words });
    },
    async doctor() {
      const { runDoctor } = await import("./host/index.ts");
      const { loadMessages } = await import("./messages/index.ts");
      const words = await loadMessages("doctor", places.language);
      const facts = await probe(places);
      const others = [...(await groupChecks(facts, words)), ...(await networkChecks(places, words))];
      return [...runDoctor(facts, words), ...others];
    },
  };
}

/** What the package says about itself. */
function buildIdentity(): BuildIdentity {
  const about: unknown = JSON.parse(readFileSync(join(packageDirectory(), "package.json"), "utf8"));
  const version = typeof about === "object" && about !== null && "version" in about ? String(about.version) : "";
  return { version, gitCommit: "", buildTime: "", nodeVersion: process.version };
}
