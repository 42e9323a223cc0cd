import { EngineError } from "../base/index.ts";
import { fitsGlob } from "./glob.ts";
import type { ImageSummary } from "./summary.ts";

/** One `--filter name=value`, as the user wrote it. */
export interface ImageFilter {
  readonly name: string;
  readonly value: string;
}

/** What filters need beyond the image itself. */
export interface ImageFilterFacts {
  /** When the image of a name or id was made, in milliseconds since 1970; throws `imageNotFound`. */
  readonly createdOf: (nameOrId: string) => number;
  /** A time or a span before now, as the user wrote it, in milliseconds since 1970; throws `invalidValue`. */
  readonly timeOf: (text: string) => number;
}

/** Takes an image in, with the names that are left of it, or leaves it out. */
type Select = (image: ImageSummary) => ImageSummary | undefined;

type MakeSelect = (values: readonly string[], facts: ImageFilterFacts) => Select;

const filters: ReadonlyMap<string, MakeSelect> = new Map<string, MakeSelect>([
  ["before", (values, facts) => madeBefore(values.map(facts.createdOf))],
  ["dangling", (values) => isDangling(parseSwitch(values.at(-1) ?? ""))],
  ["label", (values) => keeping(({ labels }) => values.every((value) => hasLabel(labels, value)))],
  ["reference", withNames],
  ["since", (values, facts) => madeAfter(values.map(facts.createdOf))],
  ["until", (values, facts) => madeBefore(values.map(facts.timeOf))],
]);

export const imageFilterNames: readonly string[] = [...filters.keys()];

/**
 * Selects images as Docker's `images` does: every filter must hold, one of the patterns of `reference` is enough, and
 * only the names that fit it stay.
 *
 * @throws EngineError `invalidValue` for an unknown filter or value, `imageNotFound` for `before` and `since`.
 */
export function selectImages(
  images: readonly ImageSummary[],
  wanted: readonly ImageFilter[],
  facts: ImageFilterFacts,
): readonly ImageSummary[] {
  const groups = new Map<string, string[]>();
  for (const { name, value } of wanted) groups.set(name, [...(groups.get(name) ?? []), value]);
  const selections = [...groups].map(([name, values]) => {
    const make = filters.get(name);
    if (make === undefined) throw new EngineError("invalidValue", `invalid filter '${name.slice(0, 80)}'`);
    return make(values, facts);
  });
  return images.flatMap((image) => {
    const kept = selections.reduce<ImageSummary | undefined>((left, select) => left && select(left), image);
    return kept === undefined ? [] : [kept];
  });
}

function keeping(test: (image: ImageSummary) => boolean): Select {
  return (image) => (test(image) ? image : undefined);
}

function madeBefore(marks: readonly number[]): Select {
  return keeping(({ createdMs = 0 }) => marks.every((mark) => createdMs < mark));
}

function madeAfter(marks: readonly number[]): Select {
  return keeping(({ createdMs = 0 }) => marks.every((mark) => createdMs > mark));
}

/** An image that has lost its tag dangles, whether a digest still leads to it or nothing does; only the latter is hidden. */
function isDangling(wanted: boolean): Select {
  return keeping(({ repoTags, repoDigests }) =>
    wanted ? repoTags.length === 0 : repoTags.length + repoDigests.length > 0,
  );
}

function parseSwitch(value: string): boolean {
  if (/^(true|1|t)$/i.test(value)) return true;
  if (/^(false|0|f)$/i.test(value)) return false;
  throw new EngineError("invalidValue", `invalid filter 'dangling=[${value.slice(0, 80)}]'`, {
    hint: "write dangling=true or dangling=false",
  });
}

/** Whether a label filter (`key` or `key=value`) holds. */
export function hasLabel(labels: ReadonlyMap<string, string>, wanted: string): boolean {
  const equals = wanted.indexOf("=");
  if (equals === -1) return labels.has(wanted);
  return labels.get(wanted.slice(0, equals)) === wanted.slice(equals + 1);
}

function withNames(patterns: readonly string[]): Select {
  const fits = (name: string, end: number): boolean =>
    patterns.some((pattern) => fitsGlob(name, pattern) || fitsGlob(name.slice(0, end), pattern));
  return (image) => {
    const repoTags = image.repoTags.filter((name) => fits(name, name.lastIndexOf(":")));
    // A digest is shown beside the tags of its repository.
    const tagged = new Set(repoTags.map((name) => name.slice(0, name.lastIndexOf(":"))));
    const repoDigests = image.repoDigests.filter((name) => {
      const at = name.lastIndexOf("@");
      return tagged.has(name.slice(0, at)) || fits(name, at);
    });
    return repoTags.length + repoDigests.length === 0 ? undefined : { ...image, repoTags, repoDigests };
  };
}
