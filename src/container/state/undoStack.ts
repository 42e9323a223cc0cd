/** What has to be taken back, in the reverse of its order, when something fails on the way. */
export interface UndoStack {
  push(undo: () => void | Promise<void>): void;
  /** Takes everything back. A step that fails does not keep the others from running, and its error is not thrown. */
  run(): Promise<void>;
}

export function newUndoStack(): UndoStack {
  const steps: (() => void | Promise<void>)[] = [];
  return {
    push: (undo) => {
      steps.push(undo);
    },
    async run() {
      for (let undo = steps.pop(); undo !== undefined; undo = steps.pop()) {
        try {
          await undo();
        } catch {
          // The error that made us take things back is the one to report; the journal of intents keeps the rest.
        }
      }
    },
  };
}
