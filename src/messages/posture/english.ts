/** What `doctor --posture` says around the facts that it compares. */
export const english = {
  verdicts: { looser: "LOOSER THAN DOCKER", stricter: "STRICTER THAN DOCKER", equal: "THE SAME" },
  columns: { docker: "DOCKER", here: "HERE", by: "BY", why: "WHY IT MATTERS" },
  noFlag: "no flag",
  summary: (values: { container: string; all: number; equal: number; stricter: number; looser: number }) =>
    `${values.container}: ${values.all} facts, ${values.equal} as Docker's default has them, ${values.stricter} stricter, ${values.looser} looser`,
};
