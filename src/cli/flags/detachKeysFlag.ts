import { parseDetachKeys } from "../../container/index.ts";
import type { Flag, Help } from "./flag.ts";

export interface DetachDraft extends Help {
  detachKeys?: string;
}

/** Of the commands that attach to a container that is there already. */
export const detachKeysFlag: Flag<DetachDraft> = {
  long: "detach-keys",
  value: "string",
  text: "keys that detach the terminal; the container's own when left out",
  read: (draft, keys) => {
    draft.detachKeys = parseDetachKeys(keys);
  },
};
