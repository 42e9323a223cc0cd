import { formatDecimalSize } from "../../base/index.ts";
import type { PullTrace } from "../../image/index.ts";
import { sanitizeLine } from "./sanitize.ts";

/** What a pull did, a line each; under a layer what was waited for. */
export function formatPullTrace(trace: PullTrace): string {
  return linesOf(trace)
    .map((line) => `${sanitizeLine(line)}\n`)
    .join("");
}

function linesOf(trace: PullTrace): readonly string[] {
  switch (trace.about) {
    case "request":
      return [`request   ${trace.method} ${trace.url}  ${trace.status ?? "no answer"}  ${time(trace.milliseconds)}`];
    case "platform": {
      const offered = trace.offered.length === 0 ? "one variant only" : `of ${trace.offered.join(", ")}`;
      return [`platform  ${trace.chosen} for ${trace.wanted}, ${offered}: ${trace.manifest}`];
    }
    case "document":
      return [`checked   ${formatDecimalSize(trace.bytes)} against its digest: ${trace.mediaType}`];
    case "layer":
      return layerLines(trace);
  }
}

function layerLines(trace: PullTrace & { readonly about: "layer" }): readonly string[] {
  const { digest, diffId, packedBytes, unpackedBytes, totalMs, sourceMs, inflateMs, hashMs, writeMs } = trace;
  return [
    `layer     ${digest}: ${formatDecimalSize(packedBytes)}, as its digest says`,
    `          unpacked ${formatDecimalSize(unpackedBytes)}, as the diffId says: ${diffId}`,
    `          ${time(totalMs)} in all, ${speed(unpackedBytes, totalMs)}`,
    `          waited ${time(sourceMs)} for packed bytes (${speed(packedBytes, sourceMs)})`,
    `          waited ${time(Math.max(0, inflateMs - sourceMs))} more for inflating, hashed ${time(hashMs)} (${speed(unpackedBytes, hashMs)})`,
    `          waited ${time(writeMs)} for files to be written`,
  ];
}

function time(milliseconds: number): string {
  return milliseconds < 1000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1000).toFixed(2)} s`;
}

function speed(bytes: number, milliseconds: number): string {
  return milliseconds < 1 ? "at once" : `${formatDecimalSize((bytes * 1000) / milliseconds)}/s`;
}
