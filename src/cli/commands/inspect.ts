import { EngineError, type ErrorCode } from "../../base/index.ts";
import type { Engine } from "../../engine.ts";
import { parsePlatform } from "../../image/index.ts";
import type { Platform } from "../../oci/index.ts";
import { type Call, defineCommand, type LoadedCommand } from "../command.ts";
import type { Outcome } from "../context.ts";
import type { Flag } from "../flags/flag.ts";
import { type FormatDraft, helpFlag, inspectFormatFlag, switchInto } from "../flags/sharedFlags.ts";
import { formatDocuments } from "../render/document.ts";

type Kind = "container" | "image" | "network" | "volume";

interface InspectDraft extends FormatDraft {
  /** What the names are names of; absent for anything. */
  kind?: Kind;
  size?: boolean;
  platform?: Platform;
}

type Look = (engine: Engine, name: string, draft: InspectDraft) => Promise<object>;

/** In the order in which a name is looked for when no type was given. */
const looks: Readonly<Record<Kind, Look>> = {
  container: (engine, nameOrId, { size = false }) => engine.inspectContainer({ nameOrId, size }),
  image: (engine, name, { platform }) => engine.inspectImage(name, platform),
  network: (engine, name) => engine.inspectNetwork(name),
  volume: (engine, name) => engine.inspectVolume(name),
};

/** What says that there is nothing of this kind with the name, or that it cannot be one. */
const missing: ReadonlySet<ErrorCode> = new Set([
  "containerNotFound",
  "imageNotFound",
  "invalidReference",
  "networkNotFound",
  "volumeNotFound",
]);

function readType(draft: InspectDraft, type: string): void {
  if (type === "container" || type === "image" || type === "network" || type === "volume") {
    draft.kind = type;
    return;
  }
  const known = Object.keys(looks).map((word) => JSON.stringify(word));
  throw new EngineError("invalidValue", `unknown type: ${JSON.stringify(type)}: must be one of ${known.join(", ")}`);
}

const sizeFlag: Flag<InspectDraft> = {
  long: "size",
  short: "s",
  text: "show how much containers have written",
  read: switchInto<InspectDraft>("size"),
};
const typeFlag: Flag<InspectDraft> = {
  long: "type",
  value: "string",
  text: "what to look for: container, image, network or volume",
  read: readType,
};

const platformFlag: Flag<InspectDraft> = {
  long: "platform",
  value: "string",
  text: "fail unless the image is for this platform (os/arch[/variant])",
  read: (draft, text) => {
    draft.platform = parsePlatform(text);
  },
};

/** Docker's, for what a cluster adds. */
const verboseFlag: Flag<InspectDraft> = {
  long: "verbose",
  short: "v",
  text: "show more of a cluster's network",
  read: () => {},
};

export const inspectCommand = defineInspect("NAME|ID [NAME|ID...]", { flags: [sizeFlag, typeFlag] });
export const inspectContainerCommand = defineInspect("CONTAINER [CONTAINER...]", {
  kind: "container",
  flags: [sizeFlag],
});
export const inspectImageCommand = defineInspect("IMAGE [IMAGE...]", { kind: "image", flags: [platformFlag] });
export const inspectNetworkCommand = defineInspect("NETWORK [NETWORK...]", { kind: "network", flags: [verboseFlag] });
export const inspectVolumeCommand = defineInspect("VOLUME [VOLUME...]", { kind: "volume", flags: [] });

function defineInspect(
  what: string,
  { kind, flags }: { readonly kind?: Kind; readonly flags: readonly Flag<InspectDraft>[] },
): LoadedCommand {
  return defineCommand<InspectDraft>({
    usage: `[OPTIONS] ${what}`,
    arguments: { atLeast: 1 },
    flags: [inspectFormatFlag, helpFlag, ...flags],
    begin: () => (kind === undefined ? {} : { kind }),
    execute: inspectAll,
  });
}

/** What was found is printed even when other names are unknown. */
async function inspectAll({ draft, args, openEngine }: Call<InspectDraft>): Promise<Outcome> {
  const engine = await openEngine();
  const found: object[] = [];
  const failures: unknown[] = [];
  for (const name of args) {
    try {
      found.push(
        draft.kind === undefined
          ? await lookAnywhere(engine, name, draft)
          : await looks[draft.kind](engine, name, draft),
      );
    } catch (error) {
      failures.push(error);
    }
  }
  return { output: formatDocuments(found, draft.format), failures };
}

/** The sentence that scripts look for when no type was given. */
async function lookAnywhere(engine: Engine, name: string, draft: InspectDraft): Promise<object> {
  for (const look of Object.values(looks)) {
    try {
      return await look(engine, name, draft);
    } catch (error) {
      if (!(error instanceof EngineError) || !missing.has(error.code)) throw error;
    }
  }
  throw new EngineError("containerNotFound", `no such object: ${name}`, {
    hint: "brig ps --all, brig images, brig network ls and brig volume ls list what there is",
  });
}
