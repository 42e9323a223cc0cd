import { EngineError } from "../base/index.ts";

/** What `--pid`, `--ipc`, `--uts`, `--cgroupns` and `--network` can ask of a namespace. */
export type NamespaceMode =
  | { readonly kind: "own" }
  | { readonly kind: "host" }
  /** Another container's, by name or id; the container room finds its process. */
  | { readonly kind: "container"; readonly container: string };

type ModeFlag = "pid" | "ipc" | "uts" | "cgroupns" | "network";

/** Docker's word for the kind in its error sentences, and which values mean a namespace of one's own. */
const modeFlags: Readonly<
  Record<ModeFlag, { readonly word: string; readonly own: readonly string[]; readonly join: boolean }>
> = {
  pid: { word: "PID", own: ["", "private"], join: true },
  ipc: { word: "IPC", own: ["", "private", "shareable", "none"], join: true },
  uts: { word: "UTS", own: ["", "private"], join: false },
  cgroupns: { word: "CGROUP", own: ["", "private"], join: false },
  network: { word: "network", own: ["", "none", "default", "bridge"], join: true },
};

/**
 * Parses the value of a namespace flag: empty for a namespace of its own, `host`, or `container:NAME`. Any other word
 * is refused, except that `--network` may name a network, which has a namespace of its own.
 *
 * @throws EngineError `invalidValue` with Docker's sentence.
 */
export function parseNamespaceMode(flag: ModeFlag, text: string): NamespaceMode {
  const { word, own, join } = modeFlags[flag];
  if (own.includes(text)) return { kind: "own" };
  if (text === "host") return { kind: "host" };
  const container = text.startsWith("container:") ? text.slice("container:".length) : undefined;
  if (join && container !== undefined && isContainerName(container)) return { kind: "container", container };
  if (flag === "network" && container === undefined) return { kind: "own" };
  const known = [...own.filter((value) => value !== ""), "host", ...(join ? ["container:NAME"] : [])];
  throw new EngineError("invalidValue", `--${flag}: invalid ${word} mode: ${JSON.stringify(text.slice(0, 128))}`, {
    hint: `the known values are ${known.join(", ")}`,
  });
}

/** The alphabet of container names and ids, which a joined container is looked up by. */
function isContainerName(text: string): boolean {
  return text.length <= 255 && /^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/.test(text);
}
