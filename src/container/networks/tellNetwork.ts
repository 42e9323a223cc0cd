import type { NetworkRecord } from "../../network/index.ts";
import { appendEvent } from "../events/appendEvent.ts";

export interface NetworkHappening {
  readonly action: "create" | "connect" | "disconnect" | "destroy";
  readonly record: Pick<NetworkRecord, "id" | "name" | "driver">;
  /** The id of the container that joins or leaves. */
  readonly container?: string;
}

/** Appends an event of a network that this process caused. */
export function tellNetwork(
  { action, record, container }: NetworkHappening,
  { root, now }: { readonly root: string; readonly now: () => Date },
): Promise<void> {
  const attributes = new Map([
    ...(container === undefined ? [] : [["container", container] as const]),
    ["name", record.name],
    ["type", record.driver],
  ]);
  return appendEvent({ root, now: now(), action, type: "network", id: record.id, attributes });
}
