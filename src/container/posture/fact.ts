/** What a posture is looked at for, in the order in which it is shown. */
const postureSections = [
  "capabilities",
  "system calls",
  "hidden paths",
  "read-only paths",
  "mounts",
  "devices",
  "namespaces",
  "identity",
  "settings",
] as const;
export type PostureSection = (typeof postureSections)[number];

/**
 * One thing that stands between a container and the host, as what it lets through: whatever the container is granted and
 * Docker's default is not makes it looser.
 */
export interface PostureFact {
  readonly section: PostureSection;
  /** Unique in its section, and the same for every container. */
  readonly name: string;
  /** What a container of Docker's without flags is granted here. */
  readonly docker: readonly string[];
  /** What this one is granted. */
  readonly here: readonly string[];
  /** How it is called when nothing is granted. */
  readonly none: string;
  /** In place of a long list of grants. */
  readonly words?: { readonly docker: string; readonly here: string };
  /** What it is good or bad for: one sentence. */
  readonly why: string;
}

export type PostureVerdict = "equal" | "stricter" | "looser";

/** One fact, weighed. */
export interface PostureRow {
  readonly section: PostureSection;
  readonly name: string;
  readonly verdict: PostureVerdict;
  readonly docker: string;
  readonly container: string;
  readonly why: string;
  /** The flags of the container that make it looser. */
  readonly flags: readonly string[];
}

/** Looser when anything is granted that Docker does not grant; stricter when something of it is missing. Pure. */
export function judge({ docker, here }: Pick<PostureFact, "docker" | "here">): PostureVerdict {
  if (here.some((grant) => !docker.includes(grant))) return "looser";
  return docker.every((grant) => here.includes(grant)) ? "equal" : "stricter";
}

/** A fact as it is shown. Pure. */
export function rowOf(fact: PostureFact, flags: readonly string[]): PostureRow {
  const { section, name, docker, here, none, words, why } = fact;
  const said = (grants: readonly string[]) => (grants.length === 0 ? none : grants.join(", "));
  const verdict = judge(fact);
  return {
    ...{ section, name, verdict },
    docker: words?.docker ?? said(docker),
    container: words?.here ?? said(here),
    why,
    flags: verdict === "looser" ? flags : [],
  };
}
