import type { Digest, Healthcheck, ImageExecution } from "../oci/index.ts";
import { familiarName } from "./reference.ts";
import type { StoredImage } from "./storedImage.ts";
import { createdMsOf, type ImageFacts, imageSize } from "./summary.ts";

/** A Go map in Docker's JSON: null when it is empty. */
type Members<Value> = Readonly<Record<string, Value>> | null;

/**
 * What `inspect` prints of an image: Docker's names and nesting, ready for JSON and Go templates. Without
 * `Descriptor`, which makes buildx believe that the engine can do more than it says.
 */
export interface ImageDetails {
  readonly Id: Digest;
  readonly RepoTags: readonly string[];
  readonly RepoDigests: readonly string[];
  readonly Parent: "";
  readonly Comment: string;
  readonly Created: string;
  readonly DockerVersion: "";
  readonly Author: string;
  readonly Config: ImageDetailsConfig;
  readonly Architecture: string;
  readonly Variant?: string;
  readonly Os: string;
  /** Bytes of the unpacked layers; see `ImageSummary.sizeBytes`. */
  readonly Size: number;
  readonly GraphDriver: { readonly Data: null; readonly Name: "overlayfs" };
  readonly RootFS: { readonly Type: "layers"; readonly Layers: readonly string[] };
  readonly Metadata: { readonly LastTagTime: string };
}

export interface ImageDetailsConfig {
  readonly User: string;
  readonly ExposedPorts?: Members<object>;
  readonly Env: readonly string[];
  readonly Cmd: readonly string[] | null;
  readonly Healthcheck?: Healthcheck;
  readonly Volumes: Members<object>;
  readonly WorkingDir: string;
  readonly Entrypoint: readonly string[] | null;
  readonly OnBuild: null;
  readonly Labels: Members<string>;
  readonly StopSignal?: string;
  readonly Shell?: readonly string[];
}

/** Go's zero time, which Docker prints for what never happened. */
const never = "0001-01-01T00:00:00Z";

/** Describes an image in Docker's words. Pure. */
export function describeImage(image: StoredImage, { layerSize }: Pick<ImageFacts, "layerSize">): ImageDetails {
  const { config } = image;
  return {
    Id: image.id,
    RepoTags: image.tags.map(familiarName),
    RepoDigests: image.digests.map(familiarName),
    Parent: "",
    Comment: config.history.at(-1)?.comment ?? "",
    // The text itself, where it is a date: Date would drop the nanoseconds that Docker shows.
    Created: createdMsOf(image) === undefined ? never : (config.created ?? never),
    DockerVersion: "",
    Author: config.author ?? "",
    Config: describeConfig(config.config),
    Architecture: config.architecture,
    ...(config.variant === undefined ? {} : { Variant: config.variant }),
    Os: config.os,
    Size: imageSize(image, layerSize),
    GraphDriver: { Data: null, Name: "overlayfs" },
    RootFS: { Type: "layers", Layers: config.rootfs.diff_ids },
    Metadata: { LastTagTime: never },
  };
}

function describeConfig(config: ImageExecution): ImageDetailsConfig {
  const { User, Env, WorkingDir, Healthcheck, StopSignal, Shell } = config;
  return {
    User,
    ...(config.ExposedPorts.length === 0 ? {} : { ExposedPorts: setOf(config.ExposedPorts) }),
    Env,
    Cmd: listOrNull(config.Cmd),
    ...(Healthcheck === undefined ? {} : { Healthcheck }),
    Volumes: setOf(config.Volumes),
    WorkingDir,
    Entrypoint: listOrNull(config.Entrypoint),
    OnBuild: null,
    Labels: membersOf([...config.Labels]),
    ...(StopSignal === undefined ? {} : { StopSignal }),
    ...(Shell === undefined ? {} : { Shell }),
  };
}

function listOrNull(list: readonly string[]): readonly string[] | null {
  return list.length === 0 ? null : list;
}

function setOf(names: readonly string[]): Members<object> {
  return membersOf(names.map((name) => [name, {}]));
}

/** An object without a prototype, so that a label called `__proto__` is one member among others. */
function membersOf<Value>(members: readonly (readonly [string, Value])[]): Members<Value> {
  if (members.length === 0) return null;
  const object: Record<string, Value> = Object.create(null);
  for (const [name, value] of members) object[name] = value;
  return object;
}
