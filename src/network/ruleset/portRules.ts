import type { NftObject } from "./nftJson.ts";

/** Maps, chains and rules of published ports, which `baseRules` applies with its own. */
export function portRules(): readonly NftObject[] {
  return [];
}
