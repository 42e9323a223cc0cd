/** How a container was started, as `explain` shows it. */
export const english = {
  columns: { process: "PROCESS", step: "STEP", start: "START", took: "TOOK", call: "CALL" },
  markdown: {
    title: ({ name }: { name: string }) => `How ${name} was started`,
    step: "step",
    call: "call",
    start: "start",
    took: "took",
    why: "why",
  },
  started: ({ id, time }: { id: string; time: string }) => `${id}, started at ${time}`,
  repeated: ({ count }: { count: number }) =>
    `its monitor has repeated this start ${count === 1 ? "once" : `${count} times`} since, of which nothing is kept`,
  failed: ({ id, time }: { id: string; time: string }) => `${id}, failed to start at ${time}`,
  summary: ({ calls, time, processes }: { calls: number; time: string; processes: string }) =>
    `${calls} calls within ${time}: ${processes}`,
  cutSummary: (values: { calls: number; time: string; processes: string; dropped: number }) =>
    `${values.calls} calls within ${values.time}: ${values.processes}, ${values.dropped} more were not kept`,
  stood: ({ stops, time }: { stops: number; time: string }) =>
    `it stood at stops ${stops === 1 ? "once" : `${stops} times`}, ${time} in all, which is not counted`,
  process: ({ process, calls, time }: { process: string; calls: number; time: string }) =>
    `${process} ${calls} calls ${time}`,
};
