import assert from "node:assert/strict";
import { test } from "node:test";
import { applyChange, type ImageDraft } from "../../../../src/container/archive/imageChange.ts";

const apply = (draft: ImageDraft, ...changes: readonly string[]): ImageDraft => changes.reduce(applyChange, draft);

test("applyChange() takes commands as words or for the shell", () => {
  assert.deepEqual(apply({}, 'CMD ["a", "b c"]').Cmd, ["a", "b c"]);
  assert.deepEqual(apply({}, "cmd a  b").Cmd, ["/bin/sh", "-c", "a  b"]);
  assert.deepEqual(apply({ Shell: ["/bin/bash", "-c"] }, "CMD a").Cmd, ["/bin/bash", "-c", "a"]);
  assert.deepEqual(apply({}, 'CMD ["a", 1]').Cmd, ["/bin/sh", "-c", '["a", 1]']);
});

test("applyChange() drops the command that was meant for another entrypoint", () => {
  assert.deepEqual(apply({ Cmd: ["old"] }, 'ENTRYPOINT ["e"]'), { Entrypoint: ["e"] });
});

test("applyChange() sets variables in both forms and expands those that are set", () => {
  assert.deepEqual(apply({ Env: ["A=1", "B=2"] }, "ENV A=3 C='x y' D=\"$B z\"").Env, ["A=3", "B=2", "C=x y", "D=2 z"]);
  assert.deepEqual(apply({}, "ENV TEXT of several  words").Env, ["TEXT=of several  words"]);
  assert.deepEqual(apply({ Env: ["P=/bin"] }, `ENV P=\${P}:/x Q=\${none:-d} R=\\$P`).Env, ["P=/bin:/x", "Q=d", "R=$P"]);
});

test("applyChange() knows ports, labels, volumes, users, directories and triggers", () => {
  const draft = apply(
    { WorkingDir: "/a" },
    "EXPOSE 80 53/udp",
    'LABEL k="v w" __proto__=x',
    'VOLUME ["/v 1"]',
    "VOLUME /v2 /v3",
    "USER app:staff",
    "WORKDIR b",
    "ONBUILD RUN make",
    "STOPSIGNAL SIGINT",
  );
  assert.deepEqual(Object.keys(draft.ExposedPorts ?? {}), ["80/tcp", "53/udp"]);
  assert.deepEqual(Object.entries(draft.Labels ?? {}), [
    ["k", "v w"],
    ["__proto__", "x"],
  ]);
  assert.deepEqual(Object.keys(draft.Volumes ?? {}), ["/v 1", "/v2", "/v3"]);
  const { User, WorkingDir, OnBuild, StopSignal } = draft;
  assert.deepEqual([User, WorkingDir, OnBuild, StopSignal], ["app:staff", "/a/b", ["RUN make"], "SIGINT"]);
});

test("applyChange() refuses what is no instruction for a finished image", () => {
  for (const change of [
    "RUN make",
    "",
    "CMD",
    "ENV",
    "ENV A",
    "LABEL a=b c",
    "USER a b",
    "EXPOSE x",
    "EXPOSE 70000",
    "ENV =x",
  ]) {
    assert.throws(() => apply({}, change), { code: "invalidValue" }, change);
  }
});
