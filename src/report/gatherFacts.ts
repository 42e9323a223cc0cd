import { EngineError, type ErrorCode } from "../base/index.ts";
import { type ContainerStats, type ExplainedStep, envName } from "../container/index.ts";
import type { Engine } from "../engine.ts";
import type { ContainerFacts, LayerFacts, ReportFacts } from "./facts.ts";
import { withoutValues, withoutVariables } from "./secrets.ts";

/** The members of the engine that a report needs. */
export type ReportEngine = Pick<
  Engine,
  "inspectContainer" | "startJournal" | "surroundings" | "explainImage" | "stats" | "flagEffects" | "version"
>;

/**
 * Looks at a container from all sides; nothing of it is changed or executed.
 *
 * @throws EngineError `containerNotFound`, `notRoot`, `storeCorrupt` for damaged records.
 */
export async function gatherFacts(nameOrId: string, engine: ReportEngine, now: Date): Promise<ReportFacts> {
  const { container, imageId } = await readContainer(nameOrId, engine);
  const surroundings = await engine.surroundings(container.id);
  const journal = await unless(["wrongState"], engine.startJournal(container.id));
  const image = await unless(["imageNotFound", "storeCorrupt", "fileSystem"], engine.explainImage(imageId));
  const usage = surroundings.live === undefined ? undefined : await measure(container.id, engine);
  const planned = await plannedFlags(container.id, engine);
  return {
    time: now.toISOString(),
    version: (await engine.version()).Client.Version,
    container,
    surroundings,
    ...(journal === undefined ? {} : { journal }),
    ...(image === undefined ? {} : { layers: image.steps.map(describeStep) }),
    ...(usage === undefined ? {} : { usage }),
    ...planned,
  };
}

async function readContainer(
  nameOrId: string,
  engine: ReportEngine,
): Promise<{ readonly container: ContainerFacts; readonly imageId: string }> {
  const details = await engine.inspectContainer({ nameOrId, size: true });
  const { State, Config, Brig, SizeRw, SizeRootFs } = details;
  const { Status, ExitCode, OOMKilled, StartedAt, FinishedAt } = State;
  const container = {
    ...{ Status, ExitCode, OOMKilled, StartedAt, FinishedAt },
    id: details.Id,
    name: details.Name.replace(/^\//, ""),
    image: Config.Image,
    created: details.Created,
    command: [details.Path, ...details.Args],
    user: Config.User,
    hostname: Config.Hostname,
    variables: Config.Env.map(envName),
    labels: Object.entries(Config.Labels),
    why: Brig.Why,
    ...(SizeRw === undefined ? {} : { writtenBytes: SizeRw }),
    ...(SizeRootFs === undefined ? {} : { rootBytes: SizeRootFs }),
    idMaps: Brig.UserNamespace,
    hostIdsBecause: Brig.HostIdsBecause,
  };
  return { container, imageId: details.Image };
}

function describeStep({ createdBy, layer }: ExplainedStep): LayerFacts {
  const line = withoutVariables(createdBy);
  if (layer === undefined) return { createdBy: line };
  const { digest, packedBytes, unpackedBytes, wastedBytes, added, changed, deleted } = layer;
  const files = { added: added.files, changed: changed.files, deleted: deleted.files };
  return { createdBy: line, layer: { digest, packedBytes, unpackedBytes, wastedBytes, ...files } };
}

async function measure(id: string, engine: ReportEngine): Promise<ContainerStats | undefined> {
  for await (const { containers } of engine.stats({ containers: [id], all: false })) return containers[0];
  return undefined;
}

/** What the flags name, such as a network, may be gone: then the report says so instead. */
async function plannedFlags(id: string, engine: ReportEngine): Promise<Pick<ReportFacts, "flags" | "unplanned">> {
  try {
    return { flags: withoutValues(await engine.flagEffects(id)) };
  } catch (error) {
    if (error instanceof EngineError) return { unplanned: error.message };
    throw error;
  }
}

async function unless<Result>(codes: readonly ErrorCode[], work: Promise<Result>): Promise<Result | undefined> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof EngineError && codes.includes(error.code)) return undefined;
    throw error;
  }
}
