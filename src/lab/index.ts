export type { Controller, Lab, LabRequest, Text, Verdict } from "./lab.ts";
export type { LabPlaces } from "./labPlaces.ts";
export { findLab, labs } from "./labTable.ts";
export { type LabWords, labWords } from "./labWords.ts";
export { type LabStart, type LabSummary, type Labs, openLabs, type Repair, wrongRepair } from "./openLabs.ts";
