import assert from "node:assert/strict";
import test from "node:test";
import type { StepChange } from "../../../src/launch/index.ts";
import { withoutValues, withoutVariables } from "../../../src/report/secrets.ts";

test("withoutVariables() keeps the names of a line of history and none of the values", () => {
  for (const [line, shown] of [
    ["ENV TOKEN=abc PATH=/bin:/sbin", "ENV TOKEN=… PATH=…"],
    ["/bin/sh -c #(nop)  ENV TOKEN=abc", "ENV TOKEN=…"],
    ["ENV TOKEN abc def", "ENV TOKEN=…"],
    ["ARG PASSWORD=abc", "ARG PASSWORD=…"],
    ["RUN |2 A=abc B=abc /bin/sh -c make all # buildkit", "RUN |2 A=… B=… /bin/sh -c make all # buildkit"],
    ["|1 A=abc /bin/sh -c make", "RUN |1 A=… /bin/sh -c make"],
    ["RUN /bin/sh -c make ENV=test", "RUN /bin/sh -c make ENV=test"],
    ["COPY a /b", "COPY a /b"],
  ] as const) {
    assert.equal(withoutVariables(line), shown);
  }
});

test("withoutVariables() takes no longer for a long line", () => {
  const begin = performance.now();
  withoutVariables(`ENV ${"A".repeat(1_000_000)}`);
  withoutVariables(`ENV ${" =".repeat(500_000)}`);
  assert.ok(performance.now() - begin < 1000);
});

test("withoutValues() leaves names of variables in every place of a difference", () => {
  const step = {
    id: "exec",
    phase: "init",
    op: "execute",
    fields: { env: ["A=geheim"], argv: ["sh"] },
    why: "",
  } as const;
  const changes: readonly StepChange[] = [
    { change: "added", step },
    { change: "changed", step, fields: [{ field: "env", before: ["A=geheim"], after: ["B=geheim"] }] },
  ];
  const shown = withoutValues({
    effects: [{ option: "env", compared: "alone", changes }],
    whole: { changes, same: 1 },
  });
  assert.doesNotMatch(JSON.stringify(shown), /geheim/);
  assert.match(JSON.stringify(shown), /"argv":\["sh"\]/);
  assert.match(JSON.stringify(shown), /"after":\["B"\]/);
});
