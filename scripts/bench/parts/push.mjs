// Pushing to an empty registry and saving to a file, against other tools.
import { rmSync } from "node:fs";
import { join } from "node:path";
import { prepare, withImageTools } from "../imageTools.mjs";
import { mib } from "../report.mjs";
import { compareWork } from "../work.mjs";
import { workSection } from "../workReport.mjs";

export function measurePush(context) {
  return measureFrom("Push", context, (tool, { references, registry }) => ({
    lanes: tool.push?.(references),
    clear: () => registry.clear(),
  }));
}

export function measureSave(context) {
  return measureFrom("Save", context, (tool, { references, directory }) => {
    const file = join(directory, "saved.tar");
    return { lanes: tool.save?.(references, file), clear: () => rmSync(file, { force: true }) };
  });
}

function measureFrom(verb, { rounds, disk }, work) {
  return withImageTools({ shape: "layers", disk }, async (opened) => {
    const { tools, images, references, directory, note } = opened;
    for (const tool of tools) if (tool.name !== "skopeo") prepare(tool.pull(references));
    const candidates = tools
      .map((tool) => ({ name: tool.name, daemons: tool.daemons, ...work(tool, opened) }))
      .filter(({ lanes }) => lanes !== undefined);
    const results = await compareWork(candidates, { rounds, directory });
    for (const tool of tools) tool.clear(references);
    const title = `${verb} of ${images.title}: ${mib(images.bytes)} compressed`;
    return workSection(title, results, {
      notes: [note, "skopeo copies from an OCI layout, the others from their stores."],
    });
  });
}
