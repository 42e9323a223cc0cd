/** Limits in Docker's words; bytes, microseconds, counts. Absent: not given. */
export interface ResourceLimits {
  readonly memoryBytes?: number;
  /** Memory plus swap, as `--memory-swap`; -1 is unlimited. */
  readonly memorySwapBytes?: number;
  readonly memoryReservationBytes?: number;
  readonly cpus?: number;
  readonly cpuShares?: number;
  readonly cpuQuotaUs?: number;
  readonly cpuPeriodUs?: number;
  readonly cpusetCpus?: string;
  readonly cpusetMems?: string;
  /** -1 or 0 is unlimited. */
  readonly pidsLimit?: number;
  readonly blkioWeight?: number;
  readonly deviceReadBps?: readonly DeviceRate[];
  readonly deviceWriteBps?: readonly DeviceRate[];
  readonly deviceReadIops?: readonly DeviceRate[];
  readonly deviceWriteIops?: readonly DeviceRate[];
  readonly cgroupConf?: ReadonlyMap<string, string>;
}

/** So many bytes or operations a second on the block device at `path`. */
export interface DeviceRate {
  readonly path: string;
  readonly rate: number;
}
