/** A command as data: parsing, `--help` and docs/reference/cli.md are all made from it. */
export interface CommandSpec {
  name: string;
  /** One line, for the list of commands. */
  summary: string;
  /** Paragraphs for the command's own help. */
  description: readonly string[];
  argument?: ArgumentSpec;
  options: readonly OptionSpec[];
  examples: readonly { line: string; says: string }[];
}

export interface ArgumentSpec {
  /** As shown, in capitals. */
  name: string;
  repeatable: boolean;
  help: string;
}

export interface OptionSpec {
  /** Without the dashes. */
  name: string;
  short?: string;
  /** Placeholder of the value, in capitals; absent: a switch. */
  value?: string;
  /** May be given more than once; default false: the second time is a mistake. */
  repeatable?: boolean;
  help: string;
}

/** Help that every command has. */
export const helpOption: OptionSpec = { name: 'help', short: 'h', help: 'show this help' };

/** What was typed: values in order by option name; switches are in `switches`. */
export interface TypedArguments {
  arguments: string[];
  values: ReadonlyMap<string, readonly string[]>;
  switches: ReadonlySet<string>;
}

/** Something the user typed that cannot be meant; nothing has run. Exit status 2. */
export interface Mistake {
  message: string;
  /** What to do instead; one imperative sentence. */
  mend: string;
}
