// Pulling and unpacking a large layer against skopeo and umoci.
import { comparePull } from "../pullBig.mjs";
import { mib, ms, section } from "../report.mjs";

export async function measurePull({ rounds }) {
  const { times, peaks, compressedBytes } = await comparePull({ rounds: Math.max(1, Math.ceil(rounds / 8)) });
  const row = (name, { medianMs, minMs }, peak) => [
    name,
    ms(medianMs),
    ms(minMs),
    (times.both.medianMs / medianMs).toFixed(2),
    mib(peak),
  ];
  const rows = [
    row("`brig pull`", times.brig, peaks.brig),
    row("`skopeo copy` and `umoci unpack`", times.both, Math.max(peaks.skopeo, peaks.umoci)),
  ];
  const title = `Pull and unpack of a layer of ${mib(compressedBytes)}, 11,000 files, from docker-registry on loopback`;
  return section(title, ["tool", "median", "fastest", "times as fast", "peak memory"], rows);
}
