export { makeDirectory, readFileIfExists, syncDirectory, type WriteOptions, writeFileAtomic } from "./atomicFile.ts";
export {
  describeErrno,
  EngineError,
  type ErrorCode,
  type ErrorExtras,
  errnoOf,
  errorKinds,
  fileSystemError,
} from "./errors.ts";
export { type Branded, type ContainerId, newContainerId, shortId } from "./ids.ts";
export { formatBinarySize, formatDecimalSize, parseDuration, parseSize } from "./units.ts";
