import type { Socket } from "node:net";
import { constants } from "node:os";
import { EngineError } from "../../base/index.ts";
import { type CallerInput, openCallerInput } from "./callerInput.ts";
import { connectMonitor } from "./connectMonitor.ts";
import { DetachScanner } from "./detachScanner.ts";
import { encodeInput, encodeRequest, FrameReader, frameTypes, saysFull } from "./frames.ts";

/** The caller's side of an attached container. */
export interface AttachStreams {
  /** The descriptor of what goes to the container; absent: nothing does. It is taken over, and closed at the end. */
  readonly stdin?: number;
  /** Absent, both of them: nothing is shown, and the end of the input is the end of the attachment. */
  readonly stdout?: OutputSink;
  readonly stderr?: OutputSink;
  /** Whether `stdin` is a terminal. */
  readonly tty: boolean;
  /** The size of the caller's terminal at this moment. */
  readonly size: () => { readonly rows: number; readonly columns: number };
  /** Signals that the caller got; those of a terminal and those to pass on. */
  readonly signals?: AsyncIterable<NodeJS.Signals>;
  /** Ends the attachment, not the container. */
  readonly signal?: AbortSignal;
}

export interface OutputSink {
  /** Writes all of the bytes and resolves when there is room for more. */
  pour(bytes: Uint8Array): Promise<void>;
}

export interface AttachRequest {
  readonly runRoot: string;
  readonly id: string;
  readonly streams: AttachStreams;
  /** Whether the payload has a terminal: then keys go to it as they are, and it gets the caller's size. */
  readonly terminal: boolean;
  /** The bytes that detach (`parseDetachKeys`); empty: none do. Only what is typed on a terminal is searched for them. */
  readonly detachKeys: string;
  /** Pass signals on to a payload without a terminal. */
  readonly sigProxy: boolean;
  /** Whether the payload's input ends with the caller's, or with the caller; that of a terminal never does. */
  readonly endsInput: boolean;
}

export type AttachOutcome =
  /** The monitor closed the connection: the container has ended, mostly. */
  | { readonly kind: "closed" }
  | { readonly kind: "detached" }
  | { readonly kind: "inputEnded" }
  | { readonly kind: "interrupted"; readonly signal?: NodeJS.Signals };

/**
 * Joins the caller's streams with those of a container that runs, until it ends, the caller detaches or is interrupted.
 * The caller's terminal is as it was afterwards, whatever happens.
 *
 * @throws EngineError `wrongState` when there is no monitor to talk to, `busy` when it has too many to talk to.
 */
export async function attachContainer(request: AttachRequest): Promise<AttachOutcome> {
  const { streams, terminal } = request;
  const socket = await connectMonitor(request.runRoot, request.id);
  socket.on("error", () => undefined); // ECONNRESET, EPIPE: the same as its end
  let input: CallerInput | undefined;
  try {
    const raw = terminal && streams.tty;
    if (streams.stdin !== undefined) input = openCallerInput(streams.stdin, { raw });
    const output = isShown(streams) ? { output: 1 } : {};
    const ends = request.endsInput ? { ends: 1 } : {};
    socket.write(encodeRequest("attach", { ...output, ...(input === undefined ? {} : { input: 1, ...ends }) }));
    if (raw) redraw(socket, streams);
    return await Promise.race([
      showOutput(socket, streams),
      passInput(input, socket, request),
      passSignals(socket, request),
      interruption(streams.signal),
    ]);
  } finally {
    input?.close();
    socket.destroy();
  }
}

/** A program draws itself anew when its terminal changes its size, so it is made to change. */
function redraw(socket: Socket, { size }: AttachStreams): void {
  const { rows, columns } = size();
  socket.write(encodeRequest("resize", { rows: rows + 1, columns }));
  socket.write(encodeRequest("resize", { rows, columns }));
}

async function showOutput(socket: Socket, { stdout, stderr }: AttachStreams): Promise<AttachOutcome> {
  const frames = new FrameReader();
  try {
    for await (const chunk of socket as AsyncIterable<Buffer>) {
      for (const { type, bytes } of frames.read(chunk)) {
        if (type === frameTypes.stdout) await stdout?.pour(bytes);
        else if (type === frameTypes.stderr) await stderr?.pour(bytes);
        else if (type === frameTypes.record && saysFull(bytes)) throw tooMany();
      }
    }
  } catch (error) {
    if (!socket.destroyed || error instanceof EngineError) throw error;
  }
  return { kind: "closed" };
}

function isShown({ stdout, stderr }: AttachStreams): boolean {
  return stdout !== undefined || stderr !== undefined;
}

function tooMany(): EngineError {
  return new EngineError("busy", "cannot attach to the container: its monitor has as many connections as it can have", {
    hint: "end one of the others; brig logs -f needs none",
  });
}

/** Resolves when the caller detaches; the end of the input is the end of the attachment only when nothing is shown. */
async function passInput(
  input: CallerInput | undefined,
  socket: Socket,
  { streams, terminal, detachKeys, endsInput }: AttachRequest,
): Promise<AttachOutcome> {
  if (input === undefined) return never();
  const scanner = new DetachScanner(terminal && streams.tty ? detachKeys : "");
  try {
    for await (const typed of input.stream as AsyncIterable<Buffer>) {
      const { bytes, detached } = scanner.scan(typed);
      if (bytes.length > 0) await send(socket, encodeInput(bytes));
      if (detached) return { kind: "detached" };
    }
  } catch {
    // a stdin that fails has ended
  }
  if (endsInput) await send(socket, encodeInput(new Uint8Array(0)));
  return isShown(streams) ? never() : { kind: "inputEnded" };
}

/** Waits until the monitor has room, which is how a payload that does not read holds its writer back. */
function send(socket: Socket, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve) => {
    socket.write(bytes, () => resolve());
  });
}

/** With a terminal Ctrl-C is a key like others, so a signal means the caller itself, as its terminal's end does. */
async function passSignals(socket: Socket, { streams, terminal, sigProxy }: AttachRequest): Promise<AttachOutcome> {
  for await (const signal of streams.signals ?? []) {
    if (signal === "SIGWINCH") {
      if (terminal && streams.tty) socket.write(encodeRequest("resize", streams.size()));
    } else if (sigProxy && !terminal) {
      socket.write(encodeRequest("signal", { number: constants.signals[signal] }));
    } else if (signal !== "SIGCONT") {
      return { kind: "interrupted", signal };
    }
  }
  return never();
}

function interruption(signal: AbortSignal | undefined): Promise<AttachOutcome> {
  return new Promise((resolve) => {
    const end = (): void => resolve({ kind: "interrupted" });
    if (signal?.aborted === true) end();
    else signal?.addEventListener("abort", end, { once: true });
  });
}

function never(): Promise<never> {
  return new Promise(() => undefined);
}
