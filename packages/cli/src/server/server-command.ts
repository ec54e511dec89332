import type { TypedArguments } from '../command-line/command.ts';
import { exitStatus } from '../command-line/exit-status.ts';
import { refuse } from '../command-line/refusal.ts';
import { printError } from '../view/print.ts';
import { ServerRefusal } from './call-server.ts';
import { readServerAccess, type ServerAccess } from './server-access.ts';

/** Does something with a server; what it refuses is said in one line, with exit status 1. */
export async function withServer(
  typed: TypedArguments,
  act: (access: ServerAccess) => Promise<number>,
): Promise<number> {
  const { access, mistakes } = readServerAccess(typed, process.env);
  if (access === null) return refuse(mistakes);
  try {
    return await act(access);
  } catch (error) {
    if (!(error instanceof ServerRefusal)) throw error;
    printError(`slipway: ${error.message}\n`);
    return exitStatus.failure;
  }
}
