/** A stream of zstd frames that is being decompressed. The caller ends it with `free`. */
export interface ZstdDecoder {
  /**
   * Decompresses from `input` at `start` into `output`, on a thread of its own; neither may be touched meanwhile. `frameRest` is 0
   * when a frame has just ended and all of it is out.
   *
   * @throws Error with the library's reason.
   */
  decode(
    output: Uint8Array,
    input: Uint8Array,
    start: number,
  ): Promise<{ readonly produced: number; readonly consumed: number; readonly frameRest: number }>;
  /** Gives its memory back. Not while it decodes. */
  free(): void;
}

/** ZSTD_d_windowLogMax and the largest window that decoders should support by default: 128 MiB (zstd.h, RFC 8878 section 3.1.1.1.2). */
const windowLogMaximum = { parameter: 100, value: 27 };

let loading: Promise<(() => ZstdDecoder) | undefined> | undefined;

/**
 * What makes decoders with the host's libzstd; undefined where there is none. It is the reference implementation, takes less than
 * half the time of the same as WebAssembly, and leaves the main thread alone. The handle is kept because it is a fact of the
 * process that cannot go stale.
 */
export function zstdLibrary(): Promise<(() => ZstdDecoder) | undefined> {
  loading ??= load();
  return loading;
}

async function load(): Promise<(() => ZstdDecoder) | undefined> {
  const { default: koffi } = await import("koffi");
  try {
    const library = koffi.load("libzstd.so.1");
    const calls: Calls = {
      create: library.func("void *ZSTD_createDCtx()"),
      free: library.func("size_t ZSTD_freeDCtx(void *dctx)"),
      set: library.func("size_t ZSTD_DCtx_setParameter(void *dctx, int parameter, int value)"),
      isError: library.func("unsigned int ZSTD_isError(size_t code)"),
      reason: library.func("const char *ZSTD_getErrorName(size_t code)"),
      // As ZSTD_decompressStream, without structures.
      decode: library.func(
        "size_t ZSTD_decompressStream_simpleArgs(void *dctx, void *dst, size_t dstCapacity, void *dstPos, void *src, size_t srcSize, void *srcPos)",
      ),
    };
    return () => openDecoder(calls);
  } catch {
    return undefined; // It is not there, or too old for one of the calls.
  }
}

/** A number, or a bigint where it does not fit one: error codes are at the upper end of size_t. */
type Size = number | bigint;

interface Calls {
  readonly create: () => unknown;
  readonly free: (context: unknown) => Size;
  readonly set: (context: unknown, parameter: number, value: number) => Size;
  readonly isError: (code: Size) => number;
  readonly reason: (code: Size) => string;
  readonly decode: { async(...args: readonly unknown[]): void };
}

function openDecoder(calls: Calls): ZstdDecoder {
  const context = calls.create();
  if (context === null) throw new Error("there is no memory for a zstd decoder");
  const checked = (result: Size): number => {
    if (calls.isError(result) !== 0) throw new Error(calls.reason(result));
    return Number(result);
  };
  checked(calls.set(context, windowLogMaximum.parameter, windowLogMaximum.value));
  return {
    decode: async (output, input, start) => {
      const [produced, consumed] = [new BigUint64Array(1), BigUint64Array.of(BigInt(start))];
      const result = await new Promise<Size>((resolve, reject) => {
        const done = (error: unknown, size: Size): void => (error ? reject(error) : resolve(size));
        calls.decode.async(context, output, output.length, produced, input, input.length, consumed, done);
      });
      return { frameRest: checked(result), produced: Number(produced[0]), consumed: Number(consumed[0]) - start };
    },
    free: () => void calls.free(context),
  };
}
