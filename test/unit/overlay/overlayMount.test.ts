import assert from "node:assert/strict";
import { test } from "node:test";
import { maxLayers, planOverlay } from "../../../src/overlay/index.ts";

const layers = (count: number) => [...Array(count).keys()].map((n) => ({ path: `/l/${n}` }));

test("planOverlay() lists the top layer first and passes the writable directories on", () => {
  assert.deepEqual(planOverlay({ layers: layers(3) }), { lower: ["/l/2", "/l/1", "/l/0"] });
  const writable = { upper: "/u", work: "/w" };
  assert.deepEqual(planOverlay({ layers: layers(1), writable }), { lower: ["/l/0"], ...writable });
});

test("planOverlay() leaves out what lies below an opaque root", () => {
  const [a, b, c] = [
    { path: "/a", opaqueRoot: true },
    { path: "/b", opaqueRoot: true },
    { path: "/c", opaqueRoot: false },
  ];
  assert.deepEqual(planOverlay({ layers: [a, b, c] }).lower, ["/c", "/b"]);
});

test("planOverlay() counts layers", () => {
  assert.equal(planOverlay({ layers: layers(maxLayers) }).lower.length, 127);
  assert.throws(() => planOverlay({ layers: layers(maxLayers + 1) }), {
    code: "limitExceeded",
    message: /128 layers: the limit is 127/,
  });
  assert.throws(() => planOverlay({ layers: [] }), { code: "invalidValue" });
});
