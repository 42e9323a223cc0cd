export type { CommandContext, TextSink } from "./context.ts";
export { openPour, type Pour } from "./pour.ts";
export { runCli } from "./program.ts";
