import { EngineError } from "../../base/index.ts";
import type { FieldValue, LaunchPlan, LaunchStep } from "../plan.ts";

/** Texts that brig writes for a container, which no step of the plan holds. */
export interface UnrolledFile {
  /** Where the plan looks for it. */
  readonly path: string;
  readonly text: string;
}

export interface UnrollRequest {
  readonly plan: LaunchPlan;
  /** The command that was asked for, for the head of the script. */
  readonly title: string;
  readonly files: readonly UnrolledFile[];
  /** Directories that are the container's own and do not exist: the script makes them in its own. */
  readonly ownDirectories: readonly string[];
  /** Files of a running container that replace what a step says; the script is for one start. */
  readonly runDirectory: string;
}

/** What the steps of one plan have in common. */
export interface Unrolling extends UnrollRequest {
  /** The first id of the user namespace; undefined in the host's. */
  readonly firstId: number | undefined;
  /** The steps that open a tree, by its name. */
  readonly trees: ReadonlyMap<string, LaunchStep>;
  readonly settings: ReadonlyMap<string, LaunchStep>;
  readonly steps: readonly LaunchStep[];
}

/** What a step of the plan becomes. */
export type Unroll = (step: LaunchStep, unrolling: Unrolling) => readonly string[];

/** @throws EngineError `notOffered` for a container that joins another one. */
export function beginUnrolling(request: UnrollRequest): Unrolling {
  const steps = request.plan.steps.filter(({ part }) => part === undefined);
  const joins = steps.find(({ op }) => op === "target" || op === "join" || op === "borrowTree");
  if (joins !== undefined) {
    throw new EngineError("notOffered", `cannot unroll a container that joins another one: the step "${joins.id}"`, {
      hint: "leave out what names another container",
    });
  }
  const map = steps.find(({ op, fields }) => op === "mapIds" && fields.as === undefined);
  const [, first] = typeof map?.fields.uids === "string" ? (/^0 (\d+) /.exec(map.fields.uids) ?? []) : [];
  const named = (op: string, key: string) =>
    new Map(steps.filter((step) => step.op === op).map((step) => [textOf(step, key), step]));
  return {
    ...request,
    steps,
    firstId: first === undefined ? undefined : Number(first),
    trees: named("openTree", "as"),
    settings: named("setTree", "tree"),
  };
}

/** A field of a step as text; empty where it has none. */
export function textOf({ fields }: LaunchStep, key: string): string {
  const value = fields[key];
  return value === undefined ? "" : String(value);
}

/** A field that may be given several times. */
export function listOf(value: FieldValue | undefined): readonly string[] {
  if (value === undefined) return [];
  return typeof value === "object" ? value : [String(value)];
}

const mountWords: ReadonlyMap<string, string> = new Map([
  ["MOUNT_ATTR_RDONLY", "ro"],
  ["MOUNT_ATTR_NOSUID", "nosuid"],
  ["MOUNT_ATTR_NODEV", "nodev"],
  ["MOUNT_ATTR_NOEXEC", "noexec"],
  ["MOUNT_ATTR_NOATIME", "noatime"],
  ["MOUNT_ATTR_NODIRATIME", "nodiratime"],
  ["MOUNT_ATTR_STRICTATIME", "strictatime"],
  ["MOUNT_ATTR_NOSYMFOLLOW", "nosymfollow"],
]);

/** Attributes of a mount as mount(8) calls them; ids are not mapped by an option of it. */
export function mountOptionsOf(value: FieldValue | undefined): readonly string[] {
  return listOf(value).flatMap((name) => mountWords.get(name) ?? []);
}
