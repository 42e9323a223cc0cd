import { EngineError, shortId } from "../../base/index.ts";
import { hasControlCharacter, printable } from "../options/singleLine.ts";

/** What options of the log may refer to. */
export interface LoggedContainer {
  readonly id: string;
  readonly name: string;
  readonly image: string;
  /** `sha256:...` */
  readonly imageId: string;
  readonly labels: ReadonlyMap<string, string>;
  /** The name of the machine. */
  readonly host: string;
  /** `KEY=value`, as the payload sees it. */
  readonly env: readonly string[];
}

type TagField = (container: LoggedContainer) => string;

const tagFields: ReadonlyMap<string, TagField> = new Map<string, TagField>([
  ["ID", ({ id }) => shortId(id)],
  ["FullID", ({ id }) => id],
  ["Name", ({ name }) => name],
  ["ImageID", ({ imageId }) => shortId(imageId.replace(/^sha256:/, ""))],
  ["ImageFullID", ({ imageId }) => imageId],
  ["ImageName", ({ image }) => image],
  ["DaemonName", () => "brig"],
]);

/** Docker's own default where a driver needs a tag. */
export const defaultTag = "{{.ID}}";

const mostTagBytes = 512;

/**
 * `{{.Name}}/{{.ID}}`; without a container the text is only checked. Pure.
 *
 * @throws EngineError `invalidValue` for an unknown field or function, control characters and more than 512 bytes.
 */
export function expandTag(text: string, container: LoggedContainer | undefined): string {
  const expanded = text.replace(/\{\{\s*\.([A-Za-z]{1,32})\s*\}\}/g, (whole, field: string) => {
    const read = tagFields.get(field);
    if (read === undefined) return whole;
    return container === undefined ? "" : read(container);
  });
  // What a name or an image brought in cannot hold braces; whatever is left was written in the option.
  if (!expanded.includes("{{") && !hasControlCharacter(expanded) && Buffer.byteLength(expanded) <= mostTagBytes)
    return expanded;
  throw new EngineError("invalidValue", `the log option tag cannot be read: ${printable(text)}`, {
    hint: `known fields are ${[...tagFields.keys()].map((field) => `{{.${field}}}`).join(", ")}`,
  });
}
