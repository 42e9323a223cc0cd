// Pulling and unpacking into an empty store, against other tools.
import { removeImages } from "../images.mjs";
import { withImageTools } from "../imageTools.mjs";
import { mib } from "../report.mjs";
import { compareWork } from "../work.mjs";
import { workSection } from "../workReport.mjs";

/** Makes the part that pulls the images of a shape, all at the same time. */
export function measurePull(shape, { keepsImages = true } = {}) {
  return ({ rounds, disk }) =>
    withImageTools({ shape, disk }, async ({ tools, images, references, directory, note }) => {
      const candidates = tools.map((tool) => ({
        name: tool.name,
        daemons: tool.daemons,
        lanes: tool.pull(references),
        clear: () => tool.clear(references),
      }));
      try {
        const results = await compareWork(candidates, { rounds, directory });
        return workSection(titleOf(images), results, {
          names: Object.fromEntries(tools.map(({ name, pullName }) => [name, pullName])),
          notes: [note],
        });
      } finally {
        if (!keepsImages) removeImages(shape);
      }
    });
}

const titleOf = ({ title, bytes, files, layerCount }) =>
  `Pull of ${title}: ${mib(bytes)} compressed, ${files} files, ${layerCount} ${layerCount === 1 ? "layer" : "layers"}`;
