import assert from "node:assert/strict";

/**
 * `system check` found nothing. What it says of groups that no container of its data root has is left out: they are those of
 * tests that run at the same time.
 */
export function assertFaultless({ stdout }: { readonly stdout: string }): void {
  assert.equal(stdout.replace(/^note +groups: .*\n(?: +.*\n)*/gm, ""), "no fault\n");
}
