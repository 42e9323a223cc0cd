import type { FieldValue, LaunchPhase, LaunchPlan, LaunchStep } from "./plan.ts";

const phaseTitles: Readonly<Record<LaunchPhase, string>> = {
  monitor: "monitor: stays with the container, outside it",
  host: "host: the helper, outside the container",
  links: "links: a process beside it",
  ports: "ports: another process beside it",
  child: "child: the first process, inside the new namespaces, before anything of the image runs",
  init: "init: the same process gives up privileges and becomes the payload",
  end: "end: when it has ended, and when its start has failed",
};

const probeTitle = "probe: a worker of the monitor, at each health check";

/** The plan as text: a numbered line for each step, in the order of execution, with its reason. */
export function formatPlan(plan: LaunchPlan): string {
  const lines: string[] = [];
  let stage: string | undefined;
  for (const [index, step] of plan.steps.entries()) {
    const title = stepTitle(step);
    if (title !== stage) lines.push(`stage ${title}`);
    stage = title;
    const what = `${step.op} ${formatFields(step.fields)}`.trimEnd();
    lines.push(`${String(index + 1).padStart(4)}  ${step.id.padEnd(24)} ${what.padEnd(56)}  ${step.why}`);
  }
  return `${lines.join("\n")}\n`;
}

/** Where a step runs, in words. */
export function stepTitle({ part, phase }: Pick<LaunchStep, "part" | "phase">): string {
  return part === "probe" ? probeTitle : phaseTitles[phase];
}

export function formatFields(fields: Readonly<Record<string, FieldValue>>): string {
  return Object.entries(fields)
    .map(([key, value]) => `${key}=${formatValue(key, value)}`)
    .join(" ");
}

/** A few lines of `ip -batch`. */
const longestInput = 600;

/** Programs and rulesets are shown by their size, which JSON output does not: a page of digits or braces explains nothing. */
export function formatValue(key: string, value: FieldValue): string {
  if (key === "program") return `<${String(value).length / 16} instructions>`;
  if (key === "input" && String(value).length > longestInput) return `<${String(value).length} bytes>`;
  const text = Array.isArray(value) ? value.join(",") : String(value);
  return JSON.stringify(text).slice(1, -1);
}
