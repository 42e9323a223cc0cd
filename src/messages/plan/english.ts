/** What `plan run` says around the steps of a plan: where they run, and what flags change of them. */
export const english = {
  stages: {
    monitor: "monitor: stays with the container, outside it",
    host: "host: the helper, outside the container",
    links: "links: a process beside it",
    ports: "ports: another process beside it",
    child: "child: the first process, inside the new namespaces, before anything of the image runs",
    init: "init: the same process gives up privileges and becomes the payload",
    end: "end: when it has ended, and when its start has failed",
    probe: "probe: a worker of the monitor, at each health check",
  },
  stage: ({ title }: { title: string }) => `stage ${title}`,
  alike: ({ count }: { count: number }) => `... and ${count} more like it`,
  absent: "(none)",
  sums: ({ added, removed, changed, same }: { added: number; removed: number; changed: number; same: number }) =>
    `${added} ${added === 1 ? "step" : "steps"} added, ${removed} removed, ${changed} changed, ${same} the same`,
};
