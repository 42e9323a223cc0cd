import { type Confinement, planLabels } from "../../launch/index.ts";
import { releaseCategories, reserveCategories } from "../state/categories.ts";
import { containerPaths } from "../state/containerPaths.ts";
import { readContainerSpec } from "../state/runningContainer.ts";
import type { UndoStack } from "../state/undoStack.ts";
import type { RunDraft } from "./draftRun.ts";

export interface ConfinementRequest {
  readonly draft: RunDraft;
  readonly root: string;
  /** The container that needs SELinux categories of its own; absent: the plan shows the first ones. */
  readonly reservation?: { readonly id: string; readonly undo: UndoStack };
}

/**
 * What security modules hold a container by: nothing on a host that has none. A container that shares another one's processes
 * or memory has the level of that one's SELinux label, or the two could not reach each other; one that shares the host's is
 * not confined by a label. Reserves categories where the container needs them.
 */
export function planConfinement(request: ConfinementRequest): Confinement {
  const { appArmor, facts, security, options } = request.draft;
  const contexts = facts.host.securityModules.selinuxContexts;
  const own = appArmor === undefined ? {} : { appArmor };
  if (contexts === undefined) return own;
  const sharesHost = options.pid === "host" || options.ipc === "host";
  const disabled = security.labels.disabled || options.privileged || sharesHost;
  const { level = lentLevel(request) } = security.labels;
  const labels = planLabels({
    options: { ...security.labels, disabled, ...(level === undefined ? {} : { level }) },
    contexts,
    categories: disabled || level !== undefined ? "" : ownCategories(request),
  });
  return { ...own, labels };
}

function ownCategories({ root, reservation }: ConfinementRequest): string {
  if (reservation === undefined) return "c0,c1";
  const { id, undo } = reservation;
  undo.push(() => releaseCategories(root, id));
  return reserveCategories(root, id);
}

/** The last part of another container's label, which may have colons of its own. */
function lentLevel({ root, draft: { joins } }: ConfinementRequest): string | undefined {
  const lender = joins.find(({ type }) => type === "ipc" || type === "pid")?.container;
  if (lender === undefined) return undefined;
  const label = readContainerSpec(containerPaths(root, lender)).process.selinuxLabel;
  return label?.split(":").slice(3).join(":");
}
