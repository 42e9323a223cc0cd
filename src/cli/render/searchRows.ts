import type { FoundRepository } from "../../image/index.ts";
import type { ListRow, ListShape } from "./listFormat.ts";

export const searchList: ListShape = {
  headings: new Map([
    ["Name", "NAME"],
    ["Description", "DESCRIPTION"],
    ["StarCount", "STARS"],
    ["IsOfficial", "OFFICIAL"],
    ["IsAutomated", "AUTOMATED"],
  ]),
  columns: ["Name", "Description", "StarCount", "IsOfficial"],
};

const longestDescription = 45;

/** The fields of one line of `search`; a description is on one line, and short unless `texts` is whole. */
export function searchRow(found: FoundRepository, texts: "short" | "whole"): ListRow {
  const description = found.description.replace(/[\r\n]+/g, " ");
  const characters = [...description];
  const isCut = texts === "short" && characters.length > longestDescription;
  return new Map([
    ["Description", isCut ? `${characters.slice(0, longestDescription - 1).join("")}…` : description],
    ["IsAutomated", found.isAutomated ? "[OK]" : ""],
    ["IsOfficial", found.isOfficial ? "[OK]" : ""],
    ["Name", found.name],
    ["StarCount", String(found.starCount)],
  ]);
}
