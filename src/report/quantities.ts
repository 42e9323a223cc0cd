/** `12.3 µs`, `4.56 ms`, `1.20 s` */
export function formatTook(nanoseconds: number): string {
  if (nanoseconds < 1_000_000) return `${(nanoseconds / 1000).toFixed(1)} µs`;
  if (nanoseconds < 1_000_000_000) return `${(nanoseconds / 1_000_000).toFixed(2)} ms`;
  return `${(nanoseconds / 1_000_000_000).toFixed(2)} s`;
}

/** `1,353,252,864`, as both languages write it. */
export function formatCount(count: number): string {
  return count.toLocaleString("en-US");
}

/** `12.3 %` */
export function formatPercent(percent: number): string {
  return `${percent.toFixed(1)} %`;
}

/** The seconds of a time of RFC 3339; what never happened is Go's zero time. */
export function formatTime(time: string): string | undefined {
  if (time === "" || time.startsWith("0001-")) return undefined;
  return time.replace("T", " ").replace(/(?:\.\d+)?Z$/, " UTC");
}
