import { printError } from '../view/print.ts';
import type { Mistake } from './command.ts';
import { exitStatus } from './exit-status.ts';

/** Says what the user got wrong and what to do instead. @returns the exit status for it. */
export function refuse(mistakes: readonly Mistake[]): number {
  for (const { message, mend } of mistakes) printError(`slipway: ${message}\n  ${mend}\n`);
  return exitStatus.invalid;
}
