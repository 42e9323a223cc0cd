export type { CommandContext, TextSink } from "./context.ts";
export { runCli } from "./program.ts";
