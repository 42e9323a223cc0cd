/**
 * A place where a test can end, stop, delay or fail this process, to see what is left behind and that the next command
 * goes on. Nothing of it is in the program: the call is empty and the bundler leaves it out. Only the build for
 * test/failures puts test/support/failPoints/active.ts in the place of this file. Each name stands at one place, and
 * test/support/failPoints/points.ts lists all of them.
 *
 * @throws EngineError in that build, as the functions of this room do when the file system refuses something.
 */
export function failPoint(_name: string): void {}
