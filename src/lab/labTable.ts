import { EngineError } from "../base/index.ts";
import { mountLeak } from "./exercises/mountLeak.ts";
import { ownProc } from "./exercises/ownProc.ts";
import { zombies } from "./exercises/zombies.ts";
import type { Lab } from "./lab.ts";

/** Every lab, in the order of the lessons. */
export const labs: readonly Lab[] = [mountLeak, ownProc, zombies];

/** The lab of a number or an id. @throws EngineError `invalidValue`. */
export function findLab(word: string): Lab {
  const found = labs.find(({ number, id }) => id === word || String(number) === word.replace(/^0/, ""));
  if (found !== undefined) return found;
  throw new EngineError("invalidValue", `there is no lab ${JSON.stringify(word.slice(0, 60))}`, {
    hint: "brig lab list shows all of them",
  });
}
