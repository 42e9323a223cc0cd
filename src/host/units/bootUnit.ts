import { argumentWord, unitWord } from "./unitWord.ts";

/** The name that the unit has for systemd, and its file. */
export const bootUnitName = "brig-boot.service";

/** By this line `install-units` and `uninstall-units` know their own file. */
export const unitMark = "# Written by brig system install-units, and taken away by brig system uninstall-units.";

export interface BootUnitRequest {
  /** The program and its first arguments, absolute: systemd has neither a directory nor a PATH of the caller's. */
  readonly program: readonly [string, ...string[]];
  /** Absolute. */
  readonly root: string;
  /** Absolute. */
  readonly runRoot: string;
}

const [usualRoot, usualRunRoot] = ["/var/lib/brig", "/run/brig"];

/**
 * The unit that starts containers again after a reboot. Pure.
 *
 * Docker's unit waits for the network to be up as well. The firewalls come first because they empty the whole rule set when
 * they start. The monitors of containers stay in the unit's group: so nothing may be killed when the unit is stopped
 * (`KillMode`), limits of services are not theirs (`TasksMax`), and the end of one is not the unit's (`OOMPolicy`).
 *
 * What containers are was decided when they were made, so no configuration is read: no mistake in one can keep them down.
 */
export function bootUnit({ program: [executable, ...first], root, runRoot }: BootUnitRequest): string {
  const places = [
    ...(root === usualRoot ? [] : ["--root", root]),
    ...(runRoot === usualRunRoot ? [] : ["--run-root", runRoot]),
  ];
  const command = [
    unitWord(executable),
    ...[...first, "--config=", ...places, "system", "boot"].map(argumentWord),
  ].join(" ");
  return `${unitMark}
[Unit]
Description=Start the containers of brig that come back after a reboot
Wants=network-online.target
After=local-fs.target remote-fs.target network.target network-online.target nss-lookup.target
After=nftables.service firewalld.service ufw.service time-set.target
RequiresMountsFor=${[root, runRoot].filter(needsNoEscape).map(unitWord).join(" ")}

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=${command}
KillMode=process
TasksMax=infinity
OOMPolicy=continue

[Install]
WantedBy=multi-user.target
`;
}

/** `RequiresMountsFor=` takes quotes and specifiers, but leaves escapes as they are. */
function needsNoEscape(path: string): boolean {
  return !/["\\\x00-\x1f\x7f]/.test(path);
}
