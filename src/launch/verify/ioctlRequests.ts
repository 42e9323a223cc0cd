/** Requests of ioctl(2), by what the helper and other runtimes make them for: netdevice(7), ioctl_tty(2). */
export const ioctlRequests = {
  /** SIOCSIFFLAGS */
  interfaceUp: 0x8914n,
  /** TIOCSPTLCK */
  unlockTerminal: 0x40045431n,
  /** TIOCGPTPEER */
  openTerminal: 0x5441n,
  /** TIOCSCTTY */
  takeTerminal: 0x540en,
  /** TIOCSWINSZ */
  sizeTerminal: 0x5414n,
} as const;
