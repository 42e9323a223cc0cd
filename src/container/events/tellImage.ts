import { appendEvent } from "./appendEvent.ts";

/** What happened to an image. */
export interface ImageHappening {
  readonly root: string;
  readonly now: Date;
  readonly action: "pull" | "tag" | "untag" | "delete" | "import" | "load" | "save" | "push";
  /** A reference or an id. */
  readonly image: string;
}

/** Appends an event of an image that this process caused. */
export function tellImage({ root, now, action, image }: ImageHappening): Promise<void> {
  return appendEvent({ root, now, action, type: "image", id: image, attributes: new Map([["name", image]]) });
}
