/**
 * Translates Docker's `--cpu-shares` (2 to 262144, 1024 by default) to `cpu.weight` (1 to 10000, 100 by default): the
 * quadratic, in logarithms, that takes 2 to 1, 1024 to 100 and 262144 to 10000, so that the defaults, and with them the
 * ratio to every group without a setting, keep their meaning.
 */
export function cpuWeightOf(shares: number): number {
  if (shares <= 2) return 1;
  if (shares >= 262_144) return 10_000;
  const log = Math.log2(shares);
  return Math.ceil(10 ** ((log * log + 125 * log) / 612 - 7 / 34));
}
