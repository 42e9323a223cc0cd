import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { EngineError, type ErrorCode } from "../../../src/base/index.ts";
import {
  type CredentialSource,
  type ImageStore,
  type LayerSink,
  openImageStore,
  type PullEvent,
  type PullImageRequest,
  parseImageRef,
  pullImage,
} from "../../../src/image/index.ts";
import type { DiffId } from "../../../src/oci/index.ts";
import { testDirectory } from "../../support/projectPaths.ts";

/** Takes layers in memory and hashes them once more by itself. */
export class MemoryLayers implements LayerSink {
  readonly committed = new Map<string, number>();
  aborted = 0;
  open = 0;

  async has(diffId: DiffId): Promise<boolean> {
    return this.committed.has(diffId);
  }

  async begin(diffId: DiffId) {
    const hash = createHash("sha256");
    let length = 0;
    this.open += 1;
    return {
      write: (chunk: Uint8Array) => {
        hash.update(chunk);
        length += chunk.length;
        return undefined;
      },
      finish: async () => undefined,
      commit: async () => {
        this.open -= 1;
        if (`sha256:${hash.digest("hex")}` !== diffId) throw new Error("unverified bytes were committed");
        this.committed.set(diffId, length);
      },
      abort: async () => {
        this.open -= 1;
        this.aborted += 1;
      },
    };
  }
}

export interface PullSetting {
  readonly store: ImageStore;
  readonly layers: MemoryLayers;
  pull(reference: string, options?: Partial<PullImageRequest>): Promise<readonly PullEvent[]>;
  /** The code of the failure that the pull ends with; anything else is an error of the test. */
  failure(reference: string, options?: Partial<PullImageRequest>): Promise<EngineError>;
}

/** Retries that let tests be quick; as much time as a registry may need on a busy machine. */
export const quick = {
  retries: { firstDelayMs: 1, longestDelayMs: 50 },
  timeouts: { headersMs: 10_000, stallMs: 10_000 },
} as const;

/** For a registry that says nothing on purpose. */
export const brief = { ...quick, timeouts: { headersMs: 400, stallMs: 400 } } as const;

/** A store and layers of the test's own, which go away with it. */
export function pullSetting(t: TestContext): PullSetting {
  const directory = mkdtempSync(join(testDirectory(), "pull-"));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  const store = openImageStore(join(directory, "images"));
  const layers = new MemoryLayers();
  const pull = async (reference: string, options: Partial<PullImageRequest> = {}): Promise<readonly PullEvent[]> => {
    const events: PullEvent[] = [];
    const request = { reference: parseImageRef(reference), store, layers, registry: quick, ...options };
    for await (const event of pullImage(request)) events.push(event);
    return events;
  };
  const failure = async (reference: string, options: Partial<PullImageRequest> = {}): Promise<EngineError> => {
    try {
      await pull(reference, options);
    } catch (error) {
      if (error instanceof EngineError) return error;
      throw error;
    }
    throw new Error(`the pull of ${reference} should have failed`);
  };
  return { store, layers, pull, failure };
}

export function hasCode(error: EngineError, code: ErrorCode): boolean {
  return error.code === code;
}

export function passwordFor(user: string, password: string): CredentialSource {
  return { find: async () => ({ kind: "password", user, password }) };
}
