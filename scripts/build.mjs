// npm run build: the native helper and the bundle, each only when out of date.
import { buildBundle } from "./steps/bundle.mjs";
import { runScript } from "./steps/command.mjs";
import { buildHelper } from "./steps/nativeHelper.mjs";
import { ensureNodeModules } from "./steps/nodeModules.mjs";

await runScript(async () => {
  ensureNodeModules();
  buildHelper();
  await buildBundle();
});
