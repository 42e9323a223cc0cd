const minute = 60;
const hour = 60 * minute;

/** How long a span of time feels, in Docker's words: `About a minute`, `3 weeks`. Seconds may be fractions. */
export function formatSpan(seconds: number): string {
  if (seconds < 1) return "Less than a second";
  if (seconds < 2) return "1 second";
  if (seconds < minute) return `${Math.floor(seconds)} seconds`;
  if (seconds < 2 * minute) return "About a minute";
  if (seconds < hour) return `${Math.floor(seconds / minute)} minutes`;
  const hours = Math.floor(seconds / hour + 0.5);
  if (hours === 1) return "About an hour";
  if (hours < 48) return `${hours} hours`;
  const days = Math.floor(hours / 24);
  if (hours < 24 * 7 * 2) return `${days} days`;
  if (hours < 24 * 30 * 2) return `${Math.floor(days / 7)} weeks`;
  if (hours < 24 * 365 * 2) return `${Math.floor(days / 30)} months`;
  return `${Math.floor(days / 365)} years`;
}

/** `3 weeks ago`, or `N/A` for a time that nobody wrote down. */
export function formatAge(thenMs: number | undefined, now: Date): string {
  return thenMs === undefined ? "N/A" : `${formatSpan(Math.max(0, now.getTime() - thenMs) / 1000)} ago`;
}

/** `2024-09-06 22:20:07 +0000 UTC`, as Go prints a time. */
export function formatTime(timeMs: number | undefined): string {
  return timeMs === undefined ? "N/A" : `${new Date(timeMs).toISOString().slice(0, 19).replace("T", " ")} +0000 UTC`;
}
