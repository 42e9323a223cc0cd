// Builds of brig that keep no journal, which brig itself cannot be told to do.
import { cpSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { runQuiet, StepFailure } from "../steps/command.mjs";
import { buildProgram } from "../steps/program.mjs";
import { buildDirectory, helperPath, projectRoot } from "../steps/project.mjs";
import { benchDirectory } from "./root.mjs";

const keeper = join(projectRoot, "src/container/journal/journalKeeper.ts");

/** A start gets no keeper, as that of a container that is removed at its end gets none. */
function keepNothing() {
  const found = { count: 0 };
  const setup = (build) =>
    build.onLoad({ filter: /\/journalKeeper\.ts$/ }, ({ path }) => {
      if (path !== keeper) return undefined;
      found.count += 1;
      return { contents: "export const maxJournalCalls = 0;\nexport function newJournalKeeper() {}\n" };
    });
  return { found, plugin: { name: "keep-no-journal", setup } };
}

/**
 * Builds brig as it is, brig that keeps nothing of the records that its helper sends, and brig whose helper makes none; each in
 * a directory of its own, in the same way. Resolves with what to start of each.
 */
export async function buildJournalVariants() {
  const place = join(benchDirectory, "journal-builds");
  rmSync(place, { recursive: true, force: true });
  const silent = linkSilentHelper(place);
  const { found, plugin } = keepNothing();
  const builds = {
    whole: await buildVariant(join(place, "whole"), { plugins: [], helper: helperPath }),
    unkept: await buildVariant(join(place, "unkept"), { plugins: [plugin], helper: helperPath }),
    silent: await buildVariant(join(place, "silent"), { plugins: [plugin], helper: silent }),
  };
  if (found.count > 0) return builds;
  throw new StepFailure(`brig is not made of "${keeper}": every build would keep its journal`);
}

async function buildVariant(directory, { plugins, helper }) {
  mkdirSync(join(directory, "build"), { recursive: true });
  cpSync(join(projectRoot, "bin"), join(directory, "bin"), { recursive: true });
  cpSync(join(projectRoot, "package.json"), join(directory, "package.json"));
  cpSync(helper, join(directory, "build/brig-helper"));
  await buildProgram(join(directory, "dist"), plugins);
  return join(directory, "bin/brig");
}

/** The objects of the helper that is in use, and one function in the place of another. */
function linkSilentHelper(place) {
  mkdirSync(place, { recursive: true });
  const path = join(place, "silent-helper");
  const native = join(buildDirectory, "native");
  const objects = readdirSync(native).map((name) => join(native, name));
  const source = join(projectRoot, "scripts/bench/silentJournal.c");
  const flags = [
    "-std=c17",
    "-D_GNU_SOURCE",
    "-O2",
    "-I",
    join(projectRoot, "native"),
    "-Wl,--gc-sections",
    "-static",
    "-s",
  ];
  runQuiet("gcc", [...flags, "-Wl,--wrap=journal_call", "-o", path, ...objects, source]);
  return path;
}
