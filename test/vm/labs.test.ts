import { after } from "node:test";
import { labs } from "../../src/lab/index.ts";
import { createRoot, disposeRoot } from "../support/brig.ts";
import { passThroughLab } from "../support/labRun.ts";
import { machineTest } from "../support/machine.ts";

const root = createRoot();
after(() => disposeRoot(root));

/** Those that need limits; the others are tried without a machine of their own. */
for (const lab of labs) {
  if (lab.needs === undefined) continue;
  machineTest(
    `lab ${lab.number} (${lab.id}) is broken, is solved by its answer and leaves nothing`,
    { controllers: lab.needs },
    () => passThroughLab(lab, root),
  );
}
