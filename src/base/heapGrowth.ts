/** Of what V8 found alive: with some 10 MB that is room for 200 MB. Its own choice (0) is about twice as much as is alive. */
const [roomy, usual] = ["--heap-growing-percent=2000", "--heap-growing-percent=0"];

/** A heap with more alive is that of somebody's own program, which uses brig as a library: room for twenty of it is too much. */
const largestHeapBytes = 32 * 1024 * 1024;

let holders = 0;

/**
 * Lets the heap grow further than usual between two collections of all of it, while large streams run through the process. V8
 * counts the buffers of a stream as growth of the heap, and so would mark everything that is alive, which takes 20 ms, for every
 * 20 MB that pass. They die young: what collects the young (every 32 MB) is enough for them.
 *
 * The caller ends it by calling what it resolves with, once; the last of several to do so does. A script that is loaded
 * meanwhile is compiled anew, because its code cache was made with other flags; so this is nothing for a short stream.
 */
export async function growHeapFreely(): Promise<() => void> {
  const { getHeapStatistics, setFlagsFromString } = await import("node:v8");
  if (holders === 0 && getHeapStatistics().used_heap_size > largestHeapBytes) return () => undefined;
  holders += 1;
  if (holders === 1) setFlagsFromString(roomy);
  return () => {
    holders -= 1;
    if (holders === 0) setFlagsFromString(usual);
  };
}
