import { constants } from "node:os";
import { signalProcess } from "../signalProcess.ts";

/**
 * What a process at a stop is told: to go on, to do so without its next step, to stop no more, or to give the launch up.
 */
export type PauseAnswer = "next" | "skip" | "hasten" | "quit";

/** As native/operations_init.c takes them. */
const signals: Readonly<Record<PauseAnswer, keyof typeof constants.signals>> = {
  next: "SIGUSR1",
  skip: "SIGUSR2",
  hasten: "SIGALRM",
  quit: "SIGTERM",
};

export interface PauseAnswerRequest {
  readonly helperPath: string;
  readonly process: { readonly pid: number; readonly startTime: string };
  readonly answer: PauseAnswer;
}

/** Answers a process that waits at a stop; one that has ended needs no answer. @throws EngineError as `signalProcess`. */
export async function answerPause({ helperPath, process, answer }: PauseAnswerRequest): Promise<void> {
  const send = () => signalProcess({ helperPath, process, number: constants.signals[signals[answer]] });
  // A terminal that is closed in this moment ends what carries the answer, once.
  await send().catch(send);
}
