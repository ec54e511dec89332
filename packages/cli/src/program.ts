import type { Mistake } from './command-line/command.ts';
import { exitStatus } from './command-line/exit-status.ts';
import { parseTyped } from './command-line/parse.ts';
import { refuse } from './command-line/refusal.ts';
import { meant } from './command-line/suggestion.ts';
import { type Command, commandTable } from './commands/command-table.ts';
import { printError, printOut } from './view/print.ts';

/** From arguments to exit status. */
export async function runProgram(argv: readonly string[]): Promise<void> {
  try {
    process.exit(await statusOf(argv));
  } catch (error) {
    printError(`slipway: this is a bug in Slipway\n${error instanceof Error ? error.stack : error}\n`);
    process.exit(exitStatus.failure);
  }
}

async function statusOf([name, ...rest]: readonly string[]): Promise<number> {
  if (process.platform === 'win32') return refuse([windows]);
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') return showHelp(rest[0]);
  if (name === '--version' || name === '-V') return showVersion();
  const load = Object.hasOwn(commandTable, name) ? commandTable[name] : undefined;
  if (load === undefined) return refuse([unknownCommand(name)]);
  return execute(await load(), rest);
}

const windows: Mistake = {
  message: 'Windows is not served',
  mend: 'Run Slipway on Linux, on macOS or inside WSL.',
};

async function execute(command: Command, rest: readonly string[]): Promise<number> {
  const { typed, mistakes } = parseTyped(command.spec, rest);
  if (typed.switches.has('help')) return showHelp(command.spec.name);
  if (mistakes.length > 0) return refuse(mistakes);
  return command.execute(typed);
}

async function showHelp(name: string | undefined): Promise<number> {
  const { commandHelp, programHelp } = await import('./command-line/help.ts');
  const load = name === undefined ? undefined : commandTable[name];
  const text =
    load === undefined
      ? programHelp(await Promise.all(Object.values(commandTable).map(async (one) => (await one()).spec)))
      : commandHelp((await load()).spec);
  printOut(text);
  return exitStatus.success;
}

async function showVersion(): Promise<number> {
  const { version } = await import('./version.ts');
  printOut(`${version}\n`);
  return exitStatus.success;
}

function unknownCommand(name: string): Mistake {
  const mend = meant(name, Object.keys(commandTable)) ?? "Run 'slipway --help' for the commands there are.";
  return { message: `unknown command '${name}'`, mend };
}
