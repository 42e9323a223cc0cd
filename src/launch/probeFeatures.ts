import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { EngineError, errnoName, fileSystemError } from "../base/index.ts";
import { type FeatureMap, type FeatureName, featureNames, type HostFacts, nearestDirectory } from "../host/index.ts";
import { compileDeviceFilter } from "./deviceFilter.ts";
import { runHelper } from "./helperProcess.ts";
import type { JournalRecord } from "./journalReader.ts";
import { stageOptions, writableName, writableOptions } from "./overlayOptions.ts";
import type { FieldValue, LaunchPhase, LaunchStep } from "./plan.ts";

type Answers = Partial<Record<FeatureName, true | string>>;

/**
 * Asks the kernel what varies among kernels and file systems by doing what a launch does, in a directory beside the data
 * root, up to the point where there is no program to execute. A step that is refused is an answer; it is left out and the
 * rest is tried again. Everything that is made is gone at the end.
 *
 * @throws EngineError `helperMissing`, `fileSystem`, `launchFailed` when the helper fails at something that is no feature.
 */
export async function probeFeatures(host: Pick<HostFacts, "paths" | "cgroup">): Promise<FeatureMap> {
  const directory = makeScratch(nearestDirectory(host.paths.dataRoot));
  try {
    for (const name of ["lower", "rw/upper", "rw/work", "stage"]) mkdirSync(join(directory, name), { recursive: true });
    const refused: Answers = {};
    for (;;) {
      const answer = await tryLaunch(host, directory, refused);
      if (answer === undefined) return Object.fromEntries(featureNames.map((name) => [name, refused[name] ?? true]));
      for (const name of implied[answer.feature] ?? [answer.feature]) refused[name] ??= answer.errno;
    }
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function makeScratch(parent: string): string {
  try {
    return mkdtempSync(join(parent, ".probe-"));
  } catch (error) {
    throw fileSystemError(error, "make a directory in", parent);
  }
}

/** What a refusal rules out beside itself. */
const implied: Readonly<Partial<Record<FeatureName, readonly FeatureName[]>>> = {
  userNamespace: ["userNamespace", "idmap", "overlayIdmap"],
  idmap: ["idmap", "overlayIdmap"],
};

interface Answer {
  readonly feature: FeatureName;
  readonly errno: string;
}

/** One launch without the features that were refused before. Returns the next refusal, or undefined. */
async function tryLaunch(
  { paths, cgroup }: Pick<HostFacts, "paths" | "cgroup">,
  directory: string,
  refused: Answers,
): Promise<Answer | undefined> {
  let failed: JournalRecord | undefined;
  const steps = probeSteps({ directory, group: cgroup.mountPoint, refused });
  await runHelper({
    plan: { steps },
    helperPath: paths.helperPath,
    stdio: ["ignore", "ignore", "ignore"],
    onRecord: (record) => {
      if (record.op === "failed") failed ??= record;
    },
  });
  const step = failed?.fields.get("step");
  if (step === "exec") return undefined;
  const errno = errnoName(Number(failed?.fields.get("errno")));
  const feature = featureNames.find((name) => name === step?.split(".")[0]);
  if (feature !== undefined && refused[feature] === undefined) return { feature, errno };
  throw new EngineError(
    "launchFailed",
    `cannot probe the kernel: the helper failed at "${step ?? "its start"}": ${errno}`,
    {
      hint: 'build the helper again with "npm run build"',
    },
  );
}

interface ProbeRequest {
  readonly directory: string;
  /** Where cgroup v2 is mounted. */
  readonly group: string | undefined;
  readonly refused: Answers;
}

/** The first word of a step's id is the feature that it needs. */
function probeSteps({ directory, group, refused }: ProbeRequest): readonly LaunchStep[] {
  const steps: LaunchStep[] = [];
  const add = (phase: LaunchPhase, [id, op]: readonly [string, string], fields: Record<string, FieldValue> = {}) => {
    const feature = featureNames.find((name) => name === id.split(".")[0]);
    if (feature === undefined || refused[feature] === undefined) steps.push({ id, phase, op, fields, why: "" });
  };
  const flag = ["CLONE_NEWNS", "CLONE_NEWIPC", "CLONE_NEWPID", ...(refused.userNamespace ? [] : ["CLONE_NEWUSER"])];
  add("monitor", ["monitor", "monitor"]);
  if (group !== undefined) {
    add("host", ["deviceFilter.group", "cgroupMake"], { path: join(group, `brig-probe${basename(directory)}`) });
    add("host", ["deviceFilter", "cgroupDevices"], { program: Buffer.from(compileDeviceFilter([])).toString("hex") });
  }
  for (const name of ["lower", "rw"]) add("host", ["open", "openTree"], { as: name, path: join(directory, name) });
  add("host", ["mounts", "privateMounts"]);
  add("host", ["stage", "stage"], { at: join(directory, "stage"), option: stageOptions });
  add("host", [refused.userNamespace ? "clone" : "userNamespace.clone", "clone"], { flag });
  add("host", ["userNamespace.map", "mapIds"], { uids: `0 ${firstId} 65536\n`, gids: `0 ${firstId} 65536\n` });
  add("host", ["release", "release"]);
  const mapped = refused.overlayIdmap === undefined;
  for (const name of mapped ? ["lower", "rw"] : []) {
    add("host", ["idmap", "setTree"], { tree: name, set: ["MOUNT_ATTR_IDMAP"] });
  }
  if (refused.overlay === undefined) {
    add("host", ["lower.stage", "layer"], { from: "lower", slot: 0 });
    add("host", ["rw.stage", "layer"], { from: "rw", name: writableName });
    const overlay = { layers: 1, owner: mapped ? firstId : 0, attribute: [], option: writableOptions };
    add("host", [mapped ? "overlayIdmap" : "overlay", "overlay"], overlay);
  } else {
    add("host", ["root", "useRoot"], { tree: "lower" });
  }
  add("host", ["hand", "handRoot"]);
  add("child", ["await", "awaitHost"]);
  add("child", ["userNamespace.root", "becomeRoot"]);
  add("child", ["timeNamespace", "unshare"], { flag: ["CLONE_NEWTIME"] });
  add("child", ["attach", "attachRoot"]);
  add("child", ["mqueue", "mount"], {
    type: "mqueue",
    target: "/mqueue",
    create: "directory",
    option: [],
    attribute: [],
  });
  add("init", ["exec", "execute"], { path: ["/"], argv: ["/"], env: [] });
  return steps;
}

/** Ids that brig's containers use and nothing else does. */
const firstId = 536870912;
