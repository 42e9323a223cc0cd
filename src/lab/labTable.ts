import { EngineError } from "../base/index.ts";
import { boundingSet } from "./exercises/boundingSet.ts";
import { cpuThrottle } from "./exercises/cpuThrottle.ts";
import { deviceFilter } from "./exercises/deviceFilter.ts";
import { hairpin } from "./exercises/hairpin.ts";
import { hiddenPaths } from "./exercises/hiddenPaths.ts";
import { layerOrder } from "./exercises/layerOrder.ts";
import { lowPort } from "./exercises/lowPort.ts";
import { mountLeak } from "./exercises/mountLeak.ts";
import { mtuMismatch } from "./exercises/mtuMismatch.ts";
import { oomGroup } from "./exercises/oomGroup.ts";
import { ownProc } from "./exercises/ownProc.ts";
import { pivotRoot } from "./exercises/pivotRoot.ts";
import { seccompFilter } from "./exercises/seccompFilter.ts";
import { sharedPids } from "./exercises/sharedPids.ts";
import { sharedPort } from "./exercises/sharedPort.ts";
import { slowStop } from "./exercises/slowStop.ts";
import { swapLimit } from "./exercises/swapLimit.ts";
import { uidMap } from "./exercises/uidMap.ts";
import { volumeIds } from "./exercises/volumeIds.ts";
import { zombies } from "./exercises/zombies.ts";
import type { Lab } from "./lab.ts";

/** Every lab, in the order of the lessons. */
export const labs: readonly Lab[] = [
  mountLeak,
  ownProc,
  zombies,
  slowStop,
  sharedPids,
  pivotRoot,
  uidMap,
  volumeIds,
  boundingSet,
  lowPort,
  seccompFilter,
  hiddenPaths,
  deviceFilter,
  layerOrder,
  sharedPort,
  hairpin,
  mtuMismatch,
  swapLimit,
  oomGroup,
  cpuThrottle,
];

/** The lab of a number or an id. @throws EngineError `invalidValue`. */
export function findLab(word: string): Lab {
  const found = labs.find(({ number, id }) => id === word || String(number) === word.replace(/^0/, ""));
  if (found !== undefined) return found;
  throw new EngineError("invalidValue", `there is no lab ${JSON.stringify(word.slice(0, 60))}`, {
    hint: "brig lab list shows all of them",
  });
}
