import { makeDirectory } from "../../base/index.ts";
import { type LaunchRequest, lenderOf, type RootView, type ViewBind } from "../../launch/index.ts";
import type { RuntimeSpec, SpecIdMapping, SpecMount } from "../../oci/index.ts";
import { readLaunchFile } from "../state/launchFile.ts";
import type { StatePlaces } from "../state/liveState.ts";
import { type ObservedContainer, observeContainer, readContainerSpec } from "../state/runningContainer.ts";

export interface ArchivePlaces extends StatePlaces {
  readonly helperPath: string;
}

/**
 * The root of a container as `cp` sees it, volumes and binds in their places: for one that runs the root of its first
 * process, else the same put together for the purpose.
 *
 * @throws EngineError `containerNotFound`, `invalidValue` for an ambiguous prefix, `storeCorrupt`.
 */
export function copyView(places: StatePlaces, nameOrId: string): RootView & { readonly kind: RootView["kind"] } {
  const container = observeContainer(places, nameOrId);
  return runningView(container) ?? stoppedView(container, "changed");
}

/** The root of a container alone, without what is mounted in it, to be read. */
export function bareView(container: ObservedContainer): RootView {
  const running = runningView(container);
  return running?.kind === "running" ? { ...running, bare: true } : (running ?? stoppedView(container, "read"));
}

/** The layers of a container without what it has written. */
export function imageView({ paths }: ObservedContainer): RootView {
  const { root, stage } = readLaunchFile(paths.launch);
  makeDirectory(stage);
  return root.kind === "directory"
    ? { kind: "directory", path: root.path }
    : { kind: "stacked", stage, layers: root.layers };
}

function runningView({ state, paths }: ObservedContainer): RootView | undefined {
  if (state.status !== "running" && state.status !== "paused") return undefined;
  const { pid, startTime } = state.process;
  return { kind: "running", target: { pid, startTime: Number(startTime) }, spec: readContainerSpec(paths) };
}

function stoppedView({ paths }: ObservedContainer, use: "read" | "changed"): RootView {
  const { root, stage, joins } = readLaunchFile(paths.launch);
  const binds = use === "read" ? [] : bindsOf(readContainerSpec(paths), joins);
  if (root.kind === "directory") return { kind: "directory", path: root.path, binds };
  makeDirectory(stage);
  const own = use === "read" ? { upper: paths.upper } : { writable: root.writable };
  return { kind: "stacked", stage, layers: root.layers, ...own, binds };
}

/** What another container lent it is only there while both run. */
function bindsOf({ mounts, linux }: RuntimeSpec, joins: LaunchRequest["joins"]): readonly ViewBind[] {
  const first = linux.uidMappings?.[0]?.hostID ?? 0;
  return mounts.flatMap((mount) => (lenderOf(mount, { joins }) === undefined ? (bindOf(mount, first) ?? []) : []));
}

function bindOf(mount: SpecMount, first: number): ViewBind | undefined {
  const { type, source, destination, options = [] } = mount;
  const recursive = options.includes("rbind");
  if (!recursive && !options.includes("bind") && type !== "bind") return undefined;
  return { source, destination, recursive, readOnly: options.includes("ro"), ...viewedIds(mount, first) };
}

/** Here the container's ids are what they are called, not the host's that they begin at. */
function viewedIds({ uidMappings, gidMappings }: SpecMount, first: number): Partial<ViewBind> {
  if (uidMappings === undefined || gidMappings === undefined) return {};
  const shifted = (mappings: readonly SpecIdMapping[]) =>
    mappings.map((mapping) => ({ ...mapping, hostID: mapping.hostID - first }));
  return { uidMappings: shifted(uidMappings), gidMappings: shifted(gidMappings) };
}
