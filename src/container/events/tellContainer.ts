import type { ContainerRecord } from "../state/containerRecord.ts";
import { type AppendRequest, appendEvent } from "./appendEvent.ts";

/** What happened to a container, in Docker's words. */
export type Happening = Pick<AppendRequest, "action" | "details">;

/**
 * Appends an event of a container that this process caused; its start and its end are told by its monitor, whoever
 * caused them.
 */
export function tellContainer(
  record: Pick<ContainerRecord, "id" | "name" | "image" | "labels">,
  happening: Happening,
  { root, now }: { readonly root: string; readonly now: () => Date },
): Promise<void> {
  const { id, name, image, labels } = record;
  const attributes = new Map([...Object.entries(labels), ["image", image], ["name", name]]);
  return appendEvent({ ...happening, type: "container", id, attributes, root, now: now() });
}
