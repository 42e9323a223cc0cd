export type { ReportFacts } from "./facts.ts";
export { gatherFacts, type ReportEngine } from "./gatherFacts.ts";
export { reportPage } from "./reportPage.ts";
