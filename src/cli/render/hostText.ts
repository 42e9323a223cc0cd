import { formatBinarySize } from "../../base/index.ts";
import type { DoctorCheck, HostSummary } from "../../host/index.ts";
import { displayWidth, padDisplay } from "./displayWidth.ts";
import { sanitizeLine, sanitizeLines } from "./sanitize.ts";

/** `info` as text, under the names that `docker info` prints and scripts look for. */
export function formatSummary(summary: HostSummary): string {
  const server: readonly (readonly [string, string])[] = [
    ["Containers", `${summary.Containers}`],
    [" Running", `${summary.ContainersRunning}`],
    [" Paused", `${summary.ContainersPaused}`],
    [" Stopped", `${summary.ContainersStopped}`],
    ["Images", `${summary.Images}`],
    ["Server Version", summary.ServerVersion],
    ["Storage Driver", summary.Driver],
    ...summary.DriverStatus.map(([name, value]) => [` ${name}`, value] as const),
    ["Logging Driver", summary.Plugins.Log[0] ?? "none"],
    ["Cgroup Driver", summary.CgroupDriver],
    ["Cgroup Version", summary.CgroupVersion],
    ["Swarm", summary.Swarm.LocalNodeState],
    ["Runtimes", Object.keys(summary.Runtimes).join(" ")],
    ["Default Runtime", summary.DefaultRuntime],
    ["Init Binary", summary.InitBinary],
    ["Security Options", ""],
    ...summary.SecurityOptions.map((option) => [` ${option}`, ""] as const),
    ["Kernel Version", summary.KernelVersion],
    ["Operating System", summary.OperatingSystem],
    ["OSType", summary.OSType],
    ["Architecture", summary.Architecture],
    ["CPUs", `${summary.NCPU}`],
    ["Total Memory", formatBinarySize(summary.MemTotal)],
    ["Name", summary.Name],
    ["ID", summary.ID],
    ["Docker Root Dir", summary.DockerRootDir],
    ["Debug Mode", `${summary.Debug}`],
    ["Live Restore Enabled", `${summary.LiveRestoreEnabled}`],
  ];
  const client = ["Client:", " Context:    default", " Debug Mode: false", "", "Server:"];
  const lines = [...client, ...server.map(([name, value]) => ` ${formatPair(name, value)}`), ""];
  return sanitizeLines(lines.map((line) => `${line}\n`).join(""));
}

function formatPair(name: string, value: string): string {
  const isHeading = value === "" && !name.startsWith(" ");
  return value === "" && !isHeading ? name : `${name}: ${value}`.trimEnd();
}

/** Each begins with the word, as Docker's do. */
export function formatWarnings({ Warnings }: HostSummary): string {
  return Warnings.map((warning) => `${sanitizeLine(warning)}\n`).join("");
}

const marks: Readonly<Record<DoctorCheck["status"], string>> = { ok: "ok  ", warn: "warn", fail: "FAIL" };

/** One line a check, and below what does not end well the line of advice. */
export function formatChecks(checks: readonly DoctorCheck[]): string {
  const width = Math.max(0, ...checks.map(({ title }) => displayWidth(title)));
  return checks
    .flatMap(({ status, title, found, advice }) => [
      `${marks[status]}  ${padDisplay(title, width)}  ${found}`,
      ...(advice === "" ? [] : [`      ${advice}`]),
    ])
    .map((line) => `${sanitizeLine(line)}\n`)
    .join("");
}
