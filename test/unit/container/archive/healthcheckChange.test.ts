import assert from "node:assert/strict";
import test from "node:test";
import { applyChange } from "../../../../src/container/archive/imageChange.ts";

const change = (text: string) => applyChange({}, text).Healthcheck;

test("--change HEALTHCHECK takes what a Dockerfile takes", () => {
  assert.deepEqual(change("HEALTHCHECK NONE"), { Test: ["NONE"] });
  assert.deepEqual(change("healthcheck cmd curl -f http://localhost || exit 1"), {
    Test: ["CMD-SHELL", "curl -f http://localhost || exit 1"],
  });
  assert.deepEqual(
    change(
      'HEALTHCHECK --interval=5m --timeout=3s --start-period=1s --start-interval=500ms --retries=2 CMD ["a", "b c"]',
    ),
    { Test: ["CMD", "a", "b c"], Interval: 3e11, Timeout: 3e9, StartPeriod: 1e9, StartInterval: 5e8, Retries: 2 },
  );
  assert.deepEqual(applyChange({ Healthcheck: { Test: ["CMD", "old"] } }, "HEALTHCHECK NONE").Healthcheck, {
    Test: ["NONE"],
  });
});

test("--change HEALTHCHECK refuses the rest with Docker's sentences", () => {
  const cases: readonly (readonly [string, RegExp])[] = [
    ["HEALTHCHECK", /^HEALTHCHECK requires at least one argument$/],
    ["HEALTHCHECK --retries=1", /^HEALTHCHECK requires at least one argument$/],
    ["HEALTHCHECK NONE x", /^HEALTHCHECK NONE takes no arguments$/],
    ["HEALTHCHECK curl x", /^Unknown type "curl" in HEALTHCHECK \(try CMD\)$/],
    ["HEALTHCHECK CMD", /^Missing command after HEALTHCHECK CMD$/],
    ["HEALTHCHECK CMD []", /^Missing command after HEALTHCHECK CMD$/],
    ["HEALTHCHECK --retries=-1 CMD x", /^--retries cannot be negative \(-1\)$/],
    ["HEALTHCHECK --retries=x CMD x", /^strconv\.ParseInt: parsing "x": invalid syntax$/],
    ["HEALTHCHECK --interval=5 CMD x", /^time: missing unit in duration "5"$/],
    ["HEALTHCHECK --timeout=1us CMD x", /^Interval "timeout" cannot be less than 1ms$/],
    ["HEALTHCHECK --often=1s CMD x", /^Unknown flag: often$/],
  ];
  for (const [text, message] of cases) assert.throws(() => change(text), { code: "invalidValue", message }, text);
});
