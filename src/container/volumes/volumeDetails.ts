import { type VolumeRecord, volumeContent } from "../state/volumes.ts";

/** What `volume inspect` prints: Docker's names and order, ready for JSON and Go templates. */
export interface VolumeDetails {
  readonly CreatedAt: string;
  readonly Driver: "local";
  readonly Labels: Readonly<Record<string, string>> | null;
  readonly Mountpoint: string;
  readonly Name: string;
  readonly Options: Readonly<Record<string, string>> | null;
  readonly Scope: "local";
}

/** The label by which Docker marks a volume that was made without a name. */
export const anonymousLabel = "com.docker.volume.anonymous";

/** Describes a volume in Docker's words. Pure. */
export function describeVolume(root: string, record: VolumeRecord): VolumeDetails {
  const labels = record.labels ?? null;
  return {
    CreatedAt: record.created,
    Driver: "local",
    Labels: record.anonymous && labels === null ? { [anonymousLabel]: "" } : labels,
    Mountpoint: volumeContent(root, record.name),
    Name: record.name,
    Options: record.options ?? null,
    Scope: "local",
  };
}
