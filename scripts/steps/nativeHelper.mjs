// The native helper, by its own Makefile: make knows what is out of date.
import { join } from "node:path";
import { runQuiet } from "./command.mjs";
import { projectRoot } from "./project.mjs";

const remedy = "apt-get install -y gcc make libc6-dev, then: make -C native";

export function buildHelper() {
  runQuiet("make", ["-s", "-j2", "-C", join(projectRoot, "native")], { remedy, missingOnly: true });
}

/** The same code with the address and undefined-behaviour sanitizers, for the tests. */
export function buildSanitizedHelper() {
  runQuiet("make", ["-s", "-C", join(projectRoot, "native"), "sanitize"], { remedy, missingOnly: true });
}
