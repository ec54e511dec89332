import { SlipwayError } from '@slipway/contracts/errors';
import type { Mistake, OptionSpec, TypedArguments } from '../command-line/command.ts';
import { exitStatus } from '../command-line/exit-status.ts';
import { refuse } from '../command-line/refusal.ts';
import { ServerRefusal } from '../server/call-server.ts';
import { isForServer, readServerAccess, serverOptions } from '../server/server-access.ts';
import { printError } from '../view/print.ts';
import type { DeliveryDesk } from './delivery-desk.ts';

/** Options of every command about releases and deployments. */
export const deskOptions: readonly OptionSpec[] = [
  ...serverOptions,
  {
    name: 'project',
    value: 'OWNER/NAME',
    help: 'the project; default GITHUB_REPOSITORY, without a server the repository here',
  },
  { name: 'local', help: 'in this process, whatever SLIPWAY_SERVER says' },
  { name: 'json', help: 'print JSON, one object a line' },
];

/** What the options mean; said in the description of each of these commands. */
export const deskNote =
  'With --server or SLIPWAY_SERVER a server is asked. Without one everything happens in this process, and is kept under .slipway/delivery of the repository (SLIPWAY_DELIVERY: elsewhere).';

/** Does something with releases and deployments; what is refused is said, with exit status 1. */
export async function withDesk(
  typed: TypedArguments,
  act: (desk: DeliveryDesk) => Promise<number>,
): Promise<number> {
  const opened = await openDesk(typed).catch((error: unknown) => {
    if (error instanceof Error && error.name === 'NoRepositoryError') {
      return [{ message: error.message, mend: 'Go to a repository, or name a server with --server.' }];
    }
    throw error;
  });
  if (Array.isArray(opened)) return refuse(opened);
  try {
    return await act(opened);
  } catch (error) {
    if (!(error instanceof ServerRefusal) && !(error instanceof SlipwayError)) throw error;
    const code = error instanceof SlipwayError ? ` (${error.code})` : '';
    printError(`slipway: ${error.message}${code}\n`);
    return exitStatus.failure;
  } finally {
    await opened.close();
  }
}

async function openDesk(typed: TypedArguments): Promise<DeliveryDesk | Mistake[]> {
  const project = typed.values.get('project')?.[0];
  if (project !== undefined && !/^[^/]+\/[^/]+$/.test(project)) {
    return [{ message: `--project '${project}' is no name of a project`, mend: 'Write OWNER/NAME.' }];
  }
  if (typed.switches.has('local') || !isForServer(typed, process.env)) {
    const { localDesk } = await import('./local-desk.ts');
    return localDesk({
      cwd: process.cwd(),
      environment: process.env,
      project,
      onTrouble: (error) =>
        printError(`slipway: ${error instanceof Error ? error.message : String(error)}; it is tried again\n`),
    });
  }
  const { access, mistakes } = readServerAccess(typed, process.env);
  const name = project ?? process.env.GITHUB_REPOSITORY;
  if (!name) mistakes.push({ message: 'there is no project', mend: 'Name one with --project OWNER/NAME.' });
  if (access === null || !name || mistakes.length > 0) return mistakes;
  const { serverDesk } = await import('./server-desk.ts');
  return serverDesk(access, name);
}
