/** One value for one file of a group. */
export interface CgroupWrite {
  readonly file: string;
  readonly value: string;
}

/** A group on the way down to the container's, and the controllers its children may use. */
export interface CgroupParent {
  readonly directory: string;
  readonly enable: readonly string[];
}

/** A unit of systemd's whose group is ours with everything below it (systemd.resource-control(5), "Delegate="). */
export interface DelegatedUnit {
  /** `brig.service` */
  readonly name: string;
  /** The slice that it is in: `brig.slice` */
  readonly slice: string;
  /** Its group. */
  readonly directory: string;
}

/** The part of the launch room's `CgroupPlan` that this room decides. */
export interface GroupPlan {
  readonly directory: string;
  /** Top down; each must exist, and have `enable` in its cgroup.subtree_control, before the next one is made. */
  readonly parents: readonly CgroupParent[];
  /** Must be there before anything is made; the groups above it are systemd's. Absent: the whole tree is ours. */
  readonly unit?: DelegatedUnit;
  /** In the order to write them. Limits that were asked for come with their controller enabled by `parents`. */
  readonly writes: readonly CgroupWrite[];
}
