import type { OptionSpec, TypedArguments } from '../command-line/command.ts';
import { exitStatus } from '../command-line/exit-status.ts';
import { refuse } from '../command-line/refusal.ts';
import { printError } from '../view/print.ts';

/** Options of the daemons of targets. */
export function stateOptions(does: string): OptionSpec[] {
  return [
    {
      name: 'state',
      value: 'DIR',
      help: `existing folder of all that it ${does} by; one daemon at a time works on it`,
    },
    { name: 'end', help: 'end the daemon of this folder, and everything that it looks after' },
  ];
}

/** Serves until it is told to end. That another daemon has the folder is no failure: it does what this one would. */
export async function runDaemon(
  { values, switches }: TypedArguments,
  serve: (directory: string) => Promise<boolean>,
): Promise<number> {
  const [directory] = values.get('state') ?? [];
  if (directory === undefined) {
    return refuse([{ message: 'there is no folder to work on', mend: 'Give --state DIR.' }]);
  }
  try {
    if (switches.has('end')) {
      const { endDaemon } = await import('@slipway/targets/supervisor');
      await endDaemon(directory);
    } else if (!(await serve(directory))) {
      printError(`slipway: another one works on ${directory} already\n`);
    }
    return exitStatus.success;
  } catch (error) {
    printError(`slipway: ${error instanceof Error ? error.message : error}\n`);
    return exitStatus.failure;
  }
}
