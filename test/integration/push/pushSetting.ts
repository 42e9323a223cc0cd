import type { TestContext } from "node:test";
import { EngineError } from "../../../src/base/index.ts";
import {
  type ImageStore,
  type PushEvent,
  type PushImageRequest,
  parseImageRef,
  pushImage,
} from "../../../src/image/index.ts";
import { pullSetting, quick } from "../pull/pullSetting.ts";

export interface PushSetting {
  readonly store: ImageStore;
  /** Pulls `from` and gives it the name `to` as well. */
  hold(from: string, to: string): Promise<void>;
  push(reference: string, options?: Partial<PushImageRequest>): Promise<readonly PushEvent[]>;
  /** The failure that the push ends with; anything else is an error of the test. */
  failure(reference: string, options?: Partial<PushImageRequest>): Promise<EngineError>;
}

/** A store of the test's own with what it pulled, which goes away with it. */
export function pushSetting(t: TestContext): PushSetting {
  const { store, pull } = pullSetting(t);
  const push = async (reference: string, options: Partial<PushImageRequest> = {}): Promise<readonly PushEvent[]> => {
    const events: PushEvent[] = [];
    const request = { reference: parseImageRef(reference), store, registry: quick, ...options };
    for await (const event of pushImage(request)) events.push(event);
    return events;
  };
  return {
    store,
    push,
    async hold(from, to) {
      await pull(from);
      await rename(store, from, to);
    },
    async failure(reference, options) {
      try {
        await push(reference, options);
      } catch (error) {
        if (error instanceof EngineError) return error;
        throw error;
      }
      throw new Error(`the push of ${reference} should have failed`);
    },
  };
}

async function rename(store: ImageStore, from: string, to: string): Promise<void> {
  const image = store.resolve(from);
  if (image === undefined) throw new Error(`${from} was not pulled`);
  await store.changeIndex((entries) => {
    const entry = entries.find(({ manifest }) => manifest.digest === image.manifestDigest);
    if (entry === undefined) throw new Error(`${from} has no entry`);
    return { result: undefined, entries: [...entries, { ...entry, name: to }] };
  });
}

/** What became of each blob, in the order in which it became known. */
export function outcomes(events: readonly PushEvent[]): readonly string[] {
  const last = new Map(events.flatMap((event) => (event.kind === "layer" ? [[event.digest, event.phase]] : [])));
  return [...last.values()];
}

export function lastDone(events: readonly PushEvent[]): Extract<PushEvent, { kind: "done" }> {
  const done = events.at(-1);
  if (done?.kind !== "done") throw new Error("the push did not end well");
  return done;
}
