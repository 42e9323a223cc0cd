import { readSettings } from "./readSettings.ts";
import { parseYaml } from "./yamlText.ts";

/** Something in a file that cannot be used, and where. */
export interface Finding {
  readonly line: number;
  readonly column: number;
  readonly message: string;
  readonly hint?: string;
}

/** Everything that is wrong with a text, in the order in which it stands there. */
export function findFindings(text: string): readonly Finding[] {
  const { document, faults, locate } = parseYaml(text);
  if (faults.length > 0) return faults.map(({ message, position }) => ({ ...position, message }));
  const found = readSettings(document).problems.map(({ path, ...problem }) => ({ ...locate(path), ...problem }));
  return found.sort((one, other) => one.line - other.line || one.column - other.column);
}
