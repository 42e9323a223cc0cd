import { formatDecimalSize } from "../../base/index.ts";
import type { ImageFileChange } from "../../container/index.ts";
import { defineCommand } from "../command.ts";
import type { Outcome } from "../context.ts";
import { type FormatDraft, helpFlag, inspectFormatFlag } from "../flags/sharedFlags.ts";
import { pathText, showPath } from "../render/fileName.ts";

const letters = { added: "A", changed: "C", deleted: "D" } as const;

export const imageDiffCommand = defineCommand<FormatDraft>({
  usage: "[OPTIONS] IMAGE IMAGE",
  arguments: { exactly: 2 },
  flags: [inspectFormatFlag, helpFlag],
  begin: () => ({}),
  execute: async ({ draft: { format }, args: [before = "", after = ""], openEngine }): Promise<Outcome> => {
    const changes = await (await openEngine()).diffImages({ before, after });
    if (format === undefined || format === "table") return { output: changes.map(lineOf).join("") };
    const { formatDocument } = await import("../render/document.ts");
    return {
      output: changes.map((change) => formatDocument({ ...change, path: pathText(change.path) }, format)).join(""),
    };
  },
});

function lineOf({ kind, path, bytesBefore, bytesAfter, differs }: ImageFileChange): string {
  const [was, is] = [formatDecimalSize(bytesBefore), formatDecimalSize(bytesAfter)];
  const sizes = kind === "changed" ? `${was} -> ${is}` : kind === "added" ? is : was;
  const size = bytesBefore === 0 && bytesAfter === 0 ? [] : [sizes];
  const details = [...differs, ...size].join(", ");
  return `${letters[kind]} ${showPath(path)}${details === "" ? "" : `  (${details})`}\n`;
}
