/**
 * Finds the detach keys in what is typed. What may be their beginning is held back until the next key tells, so the
 * payload never sees keys that detached.
 */
export class DetachScanner {
  readonly #keys: Buffer;
  #matched = 0;

  /** `keys` are the bytes that the terminal sends; none: nothing detaches. */
  constructor(keys: string) {
    this.#keys = Buffer.from(keys, "latin1");
  }

  /** Returns what belongs to the payload, and whether the keys were complete; what follows them is dropped. */
  scan(typed: Uint8Array): { readonly bytes: Uint8Array; readonly detached: boolean } {
    if (this.#keys.length === 0) return { bytes: typed, detached: false };
    const passed: number[] = [];
    for (const byte of typed) {
      passed.push(...this.#step(byte));
      if (this.#matched === this.#keys.length) return { bytes: Uint8Array.from(passed), detached: true };
    }
    return { bytes: Uint8Array.from(passed), detached: false };
  }

  /** Returns what turned out not to belong to the keys. */
  #step(byte: number): readonly number[] {
    const failed: number[] = [];
    while (this.#matched > 0 && this.#keys[this.#matched] !== byte) failed.push(...this.#giveBackOne());
    if (this.#keys[this.#matched] === byte) this.#matched += 1;
    else failed.push(byte);
    return failed;
  }

  /** The match may begin later in what is held: a, a, b is typed and the keys are a, b. */
  #giveBackOne(): readonly number[] {
    const held = this.#keys.subarray(0, this.#matched);
    for (let length = this.#matched - 1; length >= 0; length -= 1) {
      if (!held.subarray(held.length - length).equals(this.#keys.subarray(0, length))) continue;
      this.#matched = length;
      return [...held.subarray(0, held.length - length)];
    }
    return [];
  }
}
