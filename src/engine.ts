import type { Configuration } from "./config/index.ts";
import type {
  AttachByNameRequest,
  AttachReport,
  BootReport,
  CheckReport,
  CheckRequest,
  CompareRuncRequest,
  ContainerArchives,
  ContainerNetworks,
  ContainerStudies,
  ContainerViews,
  CreatedName,
  DiffPlansRequest,
  EngineEvent,
  EngineStore,
  EventsRequest,
  ExecReport,
  ExecRun,
  ExitReport,
  LogPiece,
  LogsRequest,
  PlannedRun,
  RuncComparison,
  RunDifference,
  RunObserver,
  RunOptions,
  RunStreams,
  StartAttachedRequest,
  StatsRequest,
  StatsRound,
  SteppedRun,
  StepRunRequest,
  StopRequest,
  TopRequest,
  TopTable,
  UnrolledRun,
  UnrollRunRequest,
  UpdateRequest,
} from "./container/index.ts";
import type { DoctorCheck, HostSummary, UnitChange, VersionReport } from "./host/index.ts";
import type {
  FoundRepository,
  HistoryItem,
  ImageDetails,
  ImageFilter,
  ImageSummary,
  ListenAddress,
  LoadEvent,
  LoginReport,
  LogoutReport,
  PullEvent,
  PullTrace,
  PushEvent,
  RegistryServer,
  RemovedImage,
  TagRequest,
} from "./image/index.ts";
import type { LaunchPlan } from "./launch/index.ts";
import type { Language } from "./messages/index.ts";
import type { Platform } from "./oci/index.ts";

export interface EngineSettings {
  /** The data root; `/var/lib/brig` when left out. */
  readonly root?: string;
  /** The run-time root; `/run/brig` when left out. */
  readonly runRoot?: string;
  /** Registries (`host[:port]`) that may be reached over plain HTTP or with an unverified certificate. */
  readonly insecureRegistries?: readonly string[];
  /** Certificates of registries, in Docker's layout; `/etc/docker/certs.d` when left out. */
  readonly certificateDirectory?: string;
  /** Where to look for credentials, and where a login leaves them: Docker's `config.json`. */
  readonly authFile?: string;
  /** PATH and HOME of the caller, for `docker-credential-*` programs; without a path they are not run. */
  readonly searchPath?: string;
  readonly home?: string;
  /** What a file of configuration would say; the settings above win. `parseConfiguration` makes it of an object. */
  readonly configuration?: Configuration;
  /** Of the sentences that explain: `doctor`, `explainContainer` and its like. English when left out; errors always are. */
  readonly language?: Language;
  /**
   * Makes another plan of each that a container would be started with: for experiments, such as those of the labs. What it
   * returns is carried out as it is, by root.
   */
  readonly alterPlan?: (plan: LaunchPlan) => LaunchPlan;
  /** The native helper; the package's own when left out. */
  readonly helperPath?: string;
}

export interface PullRequest {
  readonly reference: string;
  readonly platform?: Platform;
  readonly allTags?: boolean;
  /** The path of a public key that must have signed the image, whatever the trust policy says. */
  readonly verifyKey?: string;
  /** Told of each request, check and measurement; nothing is measured without it. */
  readonly onTrace?: (trace: PullTrace) => void;
  readonly signal?: AbortSignal;
}

export interface ServeRegistryRequest extends ListenAddress {
  /** Listen on an address that other machines may reach. */
  readonly anyAddress?: boolean;
  /** A file of users and bcrypt hashes: only they may do anything. */
  readonly passwords?: string;
  /** What clients may do. */
  readonly allow: "pull" | "push" | "delete";
  /** The largest blob that is taken; 64 GiB when left out. */
  readonly maxBlobBytes?: number;
}

export interface PushRequest {
  readonly reference: string;
  /** Only the image for this platform, without its index. */
  readonly platform?: Platform;
  readonly allTags?: boolean;
  readonly signal?: AbortSignal;
}

export interface SaveRequest {
  /** Names and ids. */
  readonly references: readonly string[];
  readonly platform?: Platform;
}

export interface LoadRequest {
  /** The path of a file, or the bytes of an archive: plain, gzip or zstd. */
  readonly archive: string | AsyncIterable<Uint8Array>;
  readonly platform?: Platform;
}

export interface LoginAccount {
  readonly user: string;
  readonly password: string;
}

export interface LoginRequest {
  /** A registry's host and port; Docker Hub when left out. */
  readonly server?: string;
  /** What is kept for the registry when left out. */
  readonly account?: LoginAccount;
  readonly signal?: AbortSignal;
}

export interface SearchRequest {
  /** Words, or a registry's host, a slash and words: without a host Docker Hub is searched. */
  readonly term: string;
  /** How many results at most; 25 when left out. */
  readonly limit?: number;
  readonly signal?: AbortSignal;
}

/**
 * The engine as a library. Every member throws EngineError for what a user can mend; nothing is kept open between
 * calls. The command line is a client of this interface and can do nothing else.
 */
export interface Engine extends ContainerViews, ContainerArchives, ContainerNetworks, ContainerStudies, EngineStore {
  pull(request: PullRequest): AsyncIterable<PullEvent>;
  push(request: PushRequest): AsyncIterable<PushEvent>;
  /** Asks a registry whether it accepts an account, and keeps it in `authFile` or with its helper if so. */
  login(request: LoginRequest): Promise<LoginReport>;
  /** Forgets what is kept for a registry. Idempotent. */
  logout(server?: string): Promise<LogoutReport>;
  /** Whether anything is kept for a registry; the user is not known of an identity token. */
  keptLogin(server?: string): Promise<{ readonly user?: string } | undefined>;
  /** Repositories of Docker Hub, or those of another registry's catalog whose name has the words in it. */
  search(request: SearchRequest): Promise<readonly FoundRepository[]>;
  /** The images, the youngest first; of those selected by reference only the names that fit. */
  images(filters?: readonly ImageFilter[]): Promise<readonly ImageSummary[]>;
  /** @throws EngineError `platformNotFound` when the image is for another platform than the one asked for. */
  inspectImage(reference: string, platform?: Platform): Promise<ImageDetails>;
  removeImage(
    reference: string,
    options?: { readonly force?: boolean; readonly noPrune?: boolean },
  ): Promise<RemovedImage>;
  /** Writes images as a tar archive: an OCI layout that is one of `docker save`, too. */
  saveImages(request: SaveRequest): AsyncIterable<Uint8Array>;
  /** Loads the images of such an archive, all or none, while its events are read. */
  loadImages(request: LoadRequest): AsyncIterable<LoadEvent>;
  /** Gives an image one more name; the image that had it loses it. Idempotent. */
  tagImage(request: TagRequest): Promise<void>;
  /** How an image was made, the last step first. @throws EngineError `platformNotFound` as `inspectImage`. */
  imageHistory(reference: string, platform?: Platform): Promise<readonly HistoryItem[]>;
  /** Serves the local images as a registry until the server is closed; what is pushed is a local image. */
  serveRegistry(request: ServeRegistryRequest): Promise<RegistryServer>;
  /** Compiles what `run` would do, without doing any of it. Needs no root. */
  plan(options: RunOptions): Promise<PlannedRun>;
  /** What the plans of two requests differ in. Needs no root. */
  diffPlans(request: DiffPlansRequest): Promise<RunDifference>;
  /** Starts the container that `run` would start with brig and with runc, removes both, and sets their calls side by side. */
  compareRunc(request: CompareRuncRequest): Promise<RuncComparison>;
  /** A shell script of unshare, mount, ip and others that makes the container that `run` would make. */
  unroll(request: UnrollRunRequest): Promise<UnrolledRun>;
  /** Runs a container in the foreground and resolves when its process has ended and everything is put away. */
  run(options: RunOptions, streams: RunStreams, observer?: RunObserver): Promise<ExitReport>;
  /** Runs a container as `run`, and stops where the request says, inside what is half-built. */
  stepRun(request: StepRunRequest): SteppedRun;
  /** Runs a command in a container that runs; resolves when it has ended, was detached from, or, detached, was started. */
  exec(run: ExecRun): Promise<ExecReport>;
  /** The processes of a container, as the host sees them. Nothing of the container is executed. */
  top(request: TopRequest): Promise<TopTable>;
  /** What containers use, about once a second, until the request's signal or the reader ends it. */
  stats(request: StatsRequest): AsyncIterable<StatsRound>;
  /** Makes a container and does not start it. */
  create(options: RunOptions, observer?: RunObserver): Promise<CreatedName>;
  /** Runs a container that goes on by itself; resolves once its process has been executed. */
  runDetached(options: RunOptions, observer?: RunObserver): Promise<CreatedName>;
  start(nameOrId: string): Promise<void>;
  /** Starts a container with the caller's streams, or attaches to one that runs; resolves when either ends it. */
  startAttached(request: StartAttachedRequest): Promise<AttachReport>;
  stop(request: StopRequest): Promise<void>;
  restart(request: StopRequest): Promise<void>;
  /** Changes limits and restart policy of a container, at once when it runs. */
  update(request: UpdateRequest): Promise<void>;
  kill(request: { readonly nameOrId: string; readonly signal: string }): Promise<void>;
  pause(nameOrId: string): Promise<void>;
  unpause(nameOrId: string): Promise<void>;
  /** Resolves with the exit status when the container has ended for good. */
  wait(nameOrId: string): Promise<number>;
  /** Puts away what a container left that ended while nobody waited for it. Idempotent. */
  cleanUp(id: string): Promise<void>;
  removeContainer(
    nameOrId: string,
    options?: { readonly force?: boolean; readonly volumes?: boolean },
  ): Promise<string>;
  /** What a container wrote; the bytes of a piece are valid until the next one is asked for. */
  logs(request: LogsRequest): AsyncIterable<LogPiece>;
  /** What happens, and with `since` what happened; ends at `until` or with the signal. */
  events(request: EventsRequest): AsyncIterable<EngineEvent>;
  /** Joins the caller's streams with those of a container until it ends or the caller lets go. */
  attach(request: AttachByNameRequest): Promise<AttachReport>;
  version(): Promise<VersionReport>;
  info(): Promise<HostSummary>;
  doctor(): Promise<readonly DoctorCheck[]>;
  /** Looks whether everything that must always hold does hold, and repairs what it can when asked to. */
  systemCheck(request?: CheckRequest): Promise<CheckReport>;
  /** Starts again what must come back after a reboot; without one, nothing happens. */
  systemBoot(): Promise<BootReport>;
  /** The text of the systemd unit that does so at each boot, for this engine's roots. */
  bootUnit(): Promise<string>;
  /** Writes that unit into a directory of systemd's. Idempotent; it is not enabled by that. */
  installUnits(directory: string): Promise<UnitChange>;
  /** Idempotent. */
  uninstallUnits(directory: string): Promise<UnitChange>;
}
