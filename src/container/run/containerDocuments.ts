import type { StoredImage } from "../../image/index.ts";
import type { ContainerRecord, RecordedMount } from "../state/containerRecord.ts";
import type { Reservation } from "../state/reserveContainer.ts";
import type { RunDraft } from "./draftRun.ts";
import type { PlannedContainer } from "./planContainer.ts";
import type { NamedMount } from "./resolveMounts.ts";

interface Recorded extends Reservation {
  readonly draft: RunDraft;
  readonly mounts: readonly NamedMount[];
  readonly planned: PlannedContainer;
  readonly image: StoredImage;
}

/** The record of a container, as `container.json` keeps it. Pure. */
export function recordOf(container: Recorded, created: Date): ContainerRecord {
  const { id, name, draft, planned, idRange } = container;
  const { options, choice } = draft;
  const group = planned.launch.cgroup?.directory;
  return {
    version: 1,
    id,
    name,
    created: created.toISOString(),
    image: options.image,
    imageId: container.image.id,
    diffIds: container.image.config.rootfs.diff_ids,
    command: choice.args,
    // Without a prototype, so that a label called "__proto__" is an ordinary one.
    labels: Object.assign(Object.create(null), Object.fromEntries(choice.labels)),
    stopSignal: choice.stopSignal,
    remove: options.remove,
    mounts: container.mounts.map(recordedMount),
    ...(idRange === undefined ? {} : { idRange }),
    ...(draft.namespaces.userns === "own" || draft.namespaces.notices.length === 0
      ? {}
      : { hostIds: draft.namespaces.notices }),
    ...(group === undefined ? {} : { cgroup: group }),
    networks: networkNames(options),
    ...(choice.healthcheck === undefined ? {} : { healthcheck: choice.healthcheck }),
    ...(choice.probe.length === 0 ? {} : { probed: true }),
    ...(choice.exposedPorts.length === 0 ? {} : { exposedPorts: choice.exposedPorts }),
  };
}

/** In another container's network it has no network of its own. */
function networkNames({ network, networks }: RunDraft["options"]): readonly string[] {
  if (network === "none" || network === "host") return [network];
  return networks.map((choice) => choice.network);
}

function recordedMount(mount: NamedMount): RecordedMount {
  const { kind, target } = mount;
  if (mount.kind === "tmpfs")
    return { kind, target, source: "", readOnly: mount.options.includes("ro"), anonymous: false };
  if (mount.kind === "bind") {
    const { source, readOnly, propagation, recursive, idMap } = mount;
    const ids = idMap === undefined ? {} : { idMap };
    return { kind, target, source, readOnly, anonymous: false, propagation, recursive, ...ids };
  }
  const { name, anonymous } = mount.volume ?? { name: "", anonymous: false };
  const subpath = mount.subpath === undefined ? {} : { subpath: mount.subpath };
  return { kind, target, source: name, readOnly: mount.readOnly, anonymous, ...subpath };
}
