export { parsePlatform } from "../image/index.ts";
export type { JournalVerification } from "../launch/index.ts";
export { parseUlimit, type RunStreams } from "../launch/index.ts";
export {
  formatPorts,
  type PortRequest,
  type PublishedPort,
  parseExpose,
  parseLink,
  parsePublish,
} from "../network/index.ts";
export type { CommitRequest } from "./archive/commitContainer.ts";
export type { CopyReport, CopyRequest } from "./archive/copyFiles.ts";
export { parseCopySide } from "./archive/copyPaths.ts";
export type { FileChange } from "./archive/diffContainer.ts";
export type { ImportRequest } from "./archive/importImage.ts";
export { type ContainerArchives, openArchives } from "./archive/openArchives.ts";
export { type AttachByNameRequest, type AttachReport, attachByName } from "./attach/attachByName.ts";
export type { AttachStreams } from "./attach/attachContainer.ts";
export { type BootReport, startAfterBoot } from "./boot/startAfterBoot.ts";
export { type CheckedFinding, type CheckReport, type CheckRequest, systemCheck } from "./check/systemCheck.ts";
export type { ComparedRow, CompareRequest, ContainerComparison } from "./compare/compareContainers.ts";
export { type AppendRequest, appendEvent } from "./events/appendEvent.ts";
export { type EventFilters, eventFilterNames } from "./events/eventFilters.ts";
export type { EngineEvent } from "./events/eventRecord.ts";
export { type EventsRequest, readEvents } from "./events/readEvents.ts";
export { type ImageHappening, tellImage } from "./events/tellImage.ts";
export { execContainer } from "./exec/execContainer.ts";
export type { ExecOptions, ExecReport, ExecRun } from "./exec/execOptions.ts";
export { parseHealthAction, shellTest } from "./health/healthOptions.ts";
export { type ImageUse, listImageUses } from "./imageUse.ts";
export type { ContainerDetails, PortBindings } from "./inspect/containerDetails.ts";
export type { ContainerJournal } from "./journal/containerJournal.ts";
export type { JournalCall, StartJournal } from "./journal/startJournal.ts";
export { compareRunc, diffPlans, openStore, openStudies, stepRun, unrollRun, verifyRun } from "./later.ts";
export { tendContainer } from "./lifecycle/adoptContainer.ts";
export { setPaused } from "./lifecycle/pauseContainer.ts";
export type { ContainerChange, UpdatedLimits } from "./lifecycle/planUpdate.ts";
export { cleanUp, removeByName } from "./lifecycle/removeByName.ts";
export { restartContainer } from "./lifecycle/restartContainer.ts";
export type { StartAttachedRequest } from "./lifecycle/startAttached.ts";
export { startAttached } from "./lifecycle/startAttached.ts";
export { startByName } from "./lifecycle/startContainer.ts";
export { killContainer, type StopRequest, stopContainer, waitContainer } from "./lifecycle/stopContainer.ts";
export { type UpdateRequest, updateContainer } from "./lifecycle/updateContainer.ts";
export type { ObjectFilter } from "./list/containerFilters.ts";
export type { ListRequest } from "./list/listContainers.ts";
export { containerLogs, type LogsRequest } from "./logs/containerLogs.ts";
export type { LogPiece } from "./logs/logText.ts";
export { checkLogChoice, parseLogOption } from "./logs/planLog.ts";
export { envName } from "./mergeImageConfig.ts";
export type { NetworkDetails } from "./networks/networkDetails.ts";
export { type ContainerNetworks, openNetworks } from "./networks/openNetworks.ts";
export type { ContainerStudies } from "./openStudies.ts";
export { type ContainerViews, openViews } from "./openViews.ts";
export { parseAttach, parsePullPolicy, parseRestartPolicy } from "./options/choiceFlags.ts";
export { parseWorkdir } from "./options/containerPath.ts";
export { parseDetachKeys } from "./options/detachKeys.ts";
export { parseDeviceBps, parseDeviceFlag, parseDeviceIops } from "./options/deviceFlag.ts";
export { parseDuration } from "./options/durationFlag.ts";
export {
  parseAddHost,
  parseDnsOption,
  parseDnsSearch,
  parseDnsServer,
  parseDomainname,
  parseHostname,
} from "./options/hostFlags.ts";
export {
  type CallerEnv,
  parseCgroupConf,
  parseEnvFile,
  parseEnvFlag,
  parseLabel,
  parseLabelFile,
  parseSysctl,
} from "./options/keyValue.ts";
export { parseMountFlag } from "./options/mountFlag.ts";
export { bareChoice } from "./options/networkChoices.ts";
export {
  parseIp,
  parseIp6,
  parseMacAddress,
  parseNetwork,
  parseNetworkAlias,
  parseRate,
} from "./options/networkFlag.ts";
export { parseContainerName, parseVolumeName } from "./options/objectNames.ts";
export { parseSignal } from "./options/signalFlag.ts";
export { type Instant, instantOf, instantToMs, parseInstant } from "./options/timeFlag.ts";
export { parseTmpfsFlag } from "./options/tmpfsFlag.ts";
export { parseVolumeFlag } from "./options/volumeFlag.ts";
export type { ContainerPosture } from "./posture/containerPosture.ts";
export type { PostureRow, PostureSection, PostureVerdict } from "./posture/fact.ts";
export type { DiffPlansRequest, RunDifference } from "./run/diffPlans.ts";
export type { EngineContext } from "./run/engineContext.ts";
export { planRun } from "./run/planRun.ts";
export { type MakeRequest, makeOnly, type RunRequest, runContainer, runDetached } from "./run/runContainer.ts";
export type { UnrolledRun, UnrollRunRequest } from "./run/unrollRun.ts";
export type { CompareRuncRequest, LaunchCount, RuncComparison } from "./runc/compareRunc.ts";
export type * from "./runOptions.ts";
export type { CreatedContainer, CreatedName, ExitReport, PlannedRun, RunObserver } from "./runReports.ts";
export { unlessRemoved } from "./state/unlessRemoved.ts";
export type { ContainerStats } from "./stats/containerStats.ts";
export { type StatsRequest, type StatsRound, statsContainers } from "./stats/statsContainers.ts";
export type { LaunchStop } from "./step/launchStop.ts";
export type { LentShell, ShellStreams } from "./step/lentShell.ts";
export {
  compareSnapshots,
  type SnapshotChange,
  type SnapshotSection,
  type StopSnapshot,
  snapshotSections,
} from "./step/snapshot.ts";
export type { SteppedRun, StepRunRequest } from "./step/stepRun.ts";
export type { DiskUsage, ImageUsage, KindUsage, VolumeUsage } from "./store/diskUsage.ts";
export type { PruneForecast, PruneVerdict } from "./store/forecastPrune.ts";
export { layerKeeper } from "./store/layerKeeper.ts";
export type { EngineStore } from "./store/openStore.ts";
export type { PruneImagesRequest } from "./store/pruneRequest.ts";
export type { PrunedSystem, SystemPruneRequest } from "./store/systemPrune.ts";
export type { FileDifference, ImageFileChange } from "./study/compareFiles.ts";
export type { DiffImagesRequest } from "./study/diffImages.ts";
export type { ChangeSum, ExplainedLayer, ExplainedStep, ImageExplanation } from "./study/explainImage.ts";
export type { LayerChange } from "./study/mergedFiles.ts";
export type { ContainerSurroundings, LiveSurroundings, Neighbour } from "./surroundings/containerSurroundings.ts";
export type { FlagEffect, FlagEffects } from "./surroundings/flagEffects.ts";
export type { GroupFact } from "./surroundings/groupFacts.ts";
export type { NamespaceFact } from "./surroundings/namespaceFacts.ts";
export type { NetworkEnd, NetworkFacts } from "./surroundings/networkFacts.ts";
export { type TopRequest, type TopTable, topContainer } from "./top/topContainer.ts";
export type { Pruned } from "./volumes/removeVolume.ts";
export type { VolumeDetails } from "./volumes/volumeDetails.ts";
export type { ContainerExplanation } from "./why/explainContainer.ts";
export type { MountQuestion } from "./why/explainMount.ts";
export type { PortExplanation, PortQuestion } from "./why/explainPort.ts";
export type { Explanation } from "./why/explanation.ts";
