export { EngineError, type ErrorCode, errorKinds } from "./base/index.ts";
export { type Configuration, parseConfiguration } from "./config/index.ts";
export type * from "./container/index.ts";
export { compareSnapshots } from "./container/index.ts";
export { createEngine } from "./createEngine.ts";
export type {
  Engine,
  EngineSettings,
  LoginAccount,
  LoginRequest,
  PullRequest,
  PushRequest,
  SearchRequest,
} from "./engine.ts";
export type { DoctorCheck, HostSummary, VersionReport } from "./host/index.ts";
export type {
  FoundRepository,
  ImageDetails,
  ImageSummary,
  LoginReport,
  LogoutReport,
  PullEvent,
  PushEvent,
  RegistryServer,
  RemovedImage,
} from "./image/index.ts";
export type { LaunchPlan, LaunchStep, StepReport } from "./launch/index.ts";
export type { Language } from "./messages/index.ts";
export type { Platform, RuntimeSpec } from "./oci/index.ts";
