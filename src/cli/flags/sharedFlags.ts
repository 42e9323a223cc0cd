import type { Flag, Help } from "./flag.ts";

/** The names of the members of `Draft` that can hold a `Value`. */
type MembersOf<Draft, Value> = {
  [Key in keyof Draft]-?: Value extends NonNullable<Draft[Key]> ? Key : never;
}[keyof Draft];

/** A `read` that stores a switch in `member`. */
export function switchInto<Draft>(member: MembersOf<Draft, boolean>): (draft: Draft, value: string) => void {
  return (draft, value) => Object.assign(draft as object, { [member]: value === "true" });
}

/** A `read` that stores the text in `member`; the last one wins. */
export function textInto<Draft>(member: MembersOf<Draft, string>): (draft: Draft, value: string) => void {
  return (draft, value) => Object.assign(draft as object, { [member]: value });
}

const readHelp = switchInto<Help>("help");

/** Every command explains itself; the letter is Docker's old way to ask. */
export const helpFlag: Flag<Help> = { long: "help", short: "h", text: "print this text", hidden: true, read: readHelp };

/** Where `-h` is the host name. */
export const longHelpFlag: Flag<Help> = { long: "help", text: "print this text", hidden: true, read: readHelp };

export interface FormatDraft extends Help {
  format?: string;
}

export const formatFlag: Flag<FormatDraft> = {
  long: "format",
  value: "string",
  text: '"table", "table TEMPLATE", "json" or a Go template for each line',
  read: textInto<FormatDraft>("format"),
};

export const inspectFormatFlag: Flag<FormatDraft> = {
  long: "format",
  short: "f",
  value: "string",
  text: '"json" or a Go template',
  read: textInto<FormatDraft>("format"),
};

/** Why a flag whose feature a later release brings is refused. */
export const laterRelease = "this release cannot do it yet";

export interface ChangeDraft extends Help {
  readonly changes: string[];
}

/** Of the commands that make an image without a Dockerfile. */
export const changeFlag: Flag<ChangeDraft> = {
  long: "change",
  short: "c",
  value: "list",
  repeatable: true,
  text: "Dockerfile instruction to apply to the image",
  read: (draft, change) => {
    draft.changes.push(change);
  },
};
