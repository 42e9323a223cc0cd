/** Words on the command line that make no command; Docker's sentences and statuses. */
export class WrongUsage extends Error {
  readonly exitStatus: 1 | 125;
  /** Which command was meant: `brig image ls`. */
  readonly command: string;
  /** The usage line to repeat, without the word `Usage`. */
  readonly usage: string | undefined;
  readonly hint: string | undefined;

  constructor(
    message: string,
    about: { exitStatus: 1 | 125; command: string; usage?: string; hint?: string | undefined },
  ) {
    super(message);
    this.exitStatus = about.exitStatus;
    this.command = about.command;
    this.usage = about.usage;
    this.hint = about.hint;
  }
}
