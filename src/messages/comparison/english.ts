/** What `compare` and `plan run --compare` say around the two sides. */
export const english = {
  equal: ({ left, right }: { left: string; right: string }) => `${left} and ${right} do not differ`,
  same: ({ value }: { value: string }) => `${value} (the same)`,
  another: ({ value }: { value: string }) => `${value} (another)`,
  columns: { phase: "PHASE", purpose: "PURPOSE" },
  purposes: ({ both, runc, brig }: { both: number; runc: number; brig: number }) =>
    `${both} purposes of both, ${runc} of runc alone, ${brig} of brig alone`,
  calls: ({ runc, brig }: { runc: number; brig: number }) => `calls for them: runc ${runc}, brig ${brig}`,
  total: ({ runc, brig }: { runc: number; brig: number }) =>
    `all system calls up to the command: runc ${runc}, brig's helper ${brig}`,
};
