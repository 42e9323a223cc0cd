export { makeDirectory, readFileIfExists, syncDirectory, type WriteOptions, writeFileAtomic } from "./atomicFile.ts";
export { type BoundedRead, readBoundedFile } from "./boundedFile.ts";
export { childEnd } from "./childEnd.ts";
export { isPasswordOf } from "./crypt.ts";
export { errnoName } from "./errnoName.ts";
export {
  describeErrno,
  EngineError,
  type ErrorCode,
  type ErrorExtras,
  errnoOf,
  errorKinds,
  fileSystemError,
} from "./errors.ts";
export { failPoint } from "./failPoint.ts";
export { foldText } from "./fold.ts";
export { growHeapFreely } from "./heapGrowth.ts";
export { type HelperOutcome, type HelperProcess, spawnHelper } from "./helperProcess.ts";
export { decodeRecords, encodeRecords, type HelperOrder, type HelperRecord } from "./helperRecords.ts";
export { type Branded, type ContainerId, newContainerId, shortId } from "./ids.ts";
export { irregularKind } from "./irregularKind.ts";
export { corruptRecord, readRecord, unlessDamaged, writeRecord } from "./jsonRecord.ts";
export { type LockMode, openOwningNamespace, syncFileSystem } from "./libc.ts";
export { listNames } from "./listNames.ts";
export { acquireLock, type HeldLock, type LockRequest, lockDescriptor, withLock } from "./lock.ts";
export { nearestWord } from "./nearestWord.ts";
export { openIfExists } from "./openIfExists.ts";
export { writeOutputFile } from "./outputFile.ts";
export { isMarkAlive, ownProcessMark, processMark } from "./processMark.ts";
export { randomHex } from "./random.ts";
export { removeDirectory, removeFile } from "./removePath.ts";
export { claimEnd, readReservation, removeStaleReservation, reserve, reserveLike } from "./reservation.ts";
export { shellQuoted } from "./shellQuoted.ts";
export { findSystemProgram, isExecutable, requireSystemProgram } from "./systemProgram.ts";
export { formatBinarySize, formatDecimalSize, parseDuration, parseSize } from "./units.ts";
export { unlessGone } from "./unlessGone.ts";
