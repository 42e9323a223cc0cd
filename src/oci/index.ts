export type * from "./imageSpec.ts";
export type * from "./runtimeSpec.ts";
