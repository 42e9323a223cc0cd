import { EngineError } from "../../base/index.ts";
import type { ImageDetails } from "../../image/index.ts";
import { type Call, defineCommand, type LoadedCommand } from "../command.ts";
import type { Outcome } from "../context.ts";
import type { Flag } from "../flags/flag.ts";
import { type FormatDraft, helpFlag, inspectFormatFlag, laterRelease } from "../flags/sharedFlags.ts";
import { formatDocuments } from "../render/document.ts";

interface InspectDraft extends FormatDraft {
  /** What the names are names of; empty for anything. */
  type: string;
}

const knownTypes = ["container", "image", "network", "volume"];

function readType(draft: InspectDraft, type: string): void {
  if (!knownTypes.includes(type)) {
    const known = knownTypes.map((word) => JSON.stringify(word)).join(", ");
    throw new EngineError("invalidValue", `unknown type: ${JSON.stringify(type)}: must be one of ${known}`);
  }
  if (type !== "image") {
    throw new EngineError("notOffered", `--type ${type} is not available yet: this release inspects images only`);
  }
  draft.type = type;
}

const formatAndHelp: readonly Flag<InspectDraft>[] = [inspectFormatFlag, helpFlag];

const typeAndSize: readonly Flag<InspectDraft>[] = [
  { long: "size", short: "s", text: "show the sizes of containers", unsupported: laterRelease },
  { long: "type", value: "string", text: "what to look for: image", read: readType },
];

export const inspectCommand = defineInspect("NAME|ID [NAME|ID...]", "", [...formatAndHelp, ...typeAndSize]);
export const inspectImageCommand = defineInspect("IMAGE [IMAGE...]", "image", formatAndHelp);

function defineInspect(what: string, type: string, flags: readonly Flag<InspectDraft>[]): LoadedCommand {
  return defineCommand<InspectDraft>({
    usage: `[OPTIONS] ${what}`,
    arguments: { atLeast: 1 },
    flags,
    begin: () => ({ type }),
    execute: inspectAll,
  });
}

/** What was found is printed even when other names are unknown. */
async function inspectAll({ draft, args, openEngine }: Call<InspectDraft>): Promise<Outcome> {
  const engine = await openEngine();
  const found: ImageDetails[] = [];
  const failures: unknown[] = [];
  for (const name of args) {
    try {
      found.push(await engine.inspectImage(name));
    } catch (error) {
      const isMissing = error instanceof EngineError && error.code === "imageNotFound";
      failures.push(isMissing && draft.type === "" ? noSuchObject(name, error) : error);
    }
  }
  return { output: formatDocuments(found, draft.format), failures };
}

/** The sentence that scripts look for when no type was given. */
function noSuchObject(name: string, cause: EngineError): EngineError {
  const { hint } = cause;
  return new EngineError("imageNotFound", `no such object: ${name}`, {
    cause,
    ...(hint === undefined ? {} : { hint }),
  });
}
