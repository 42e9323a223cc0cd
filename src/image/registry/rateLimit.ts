/** How many requests a registry grants, as it says itself. */
export interface RateLimit {
  readonly limit: number;
  readonly remaining: number;
  /** The length of the window that the numbers are for. */
  readonly windowSec?: number;
}

/**
 * The limit that Docker Hub and its like state with an answer: `ratelimit-limit: 100;w=21600` and `ratelimit-remaining`
 * (draft-polli-ratelimit-headers). Undefined when one of them is missing or is no number.
 */
export function parseRateLimit(headers: { get(name: string): string | null }): RateLimit | undefined {
  const limit = parseQuota(headers.get("ratelimit-limit"));
  const remaining = parseQuota(headers.get("ratelimit-remaining"));
  if (limit === undefined || remaining === undefined) return undefined;
  const windowSec = limit.windowSec ?? remaining.windowSec;
  return { limit: limit.count, remaining: remaining.count, ...(windowSec === undefined ? {} : { windowSec }) };
}

/** `100;w=21600` */
function parseQuota(
  header: string | null,
): { readonly count: number; readonly windowSec: number | undefined } | undefined {
  const match = /^(\d{1,9})(?:;w=(\d{1,9}))?(?:[;,]|$)/.exec((header ?? "").slice(0, 100));
  if (match === null) return undefined;
  return { count: Number(match[1]), windowSec: match[2] === undefined ? undefined : Number(match[2]) };
}

/** `97 of 100 requests left in 6 hours`. */
export function formatRateLimit({ limit, remaining, windowSec }: RateLimit): string {
  return `${remaining} of ${limit} requests left${windowSec === undefined ? "" : ` in ${formatWindow(windowSec)}`}`;
}

function formatWindow(seconds: number): string {
  const units = [
    { word: "hour", seconds: 3600 },
    { word: "minute", seconds: 60 },
    { word: "second", seconds: 1 },
  ];
  const unit = units.find((each) => seconds >= each.seconds && seconds % each.seconds === 0);
  const count = unit === undefined ? seconds : seconds / unit.seconds;
  return `${count} ${unit?.word ?? "second"}${count === 1 ? "" : "s"}`;
}
