import type { CommandSpec, TypedArguments } from '../command-line/command.ts';
import { exitStatus } from '../command-line/exit-status.ts';
import { refuse } from '../command-line/refusal.ts';
import { deskNote, deskOptions, withDesk } from '../delivery/open-desk.ts';
import type { Command } from './command-table.ts';
import { followOrName } from './deploy.ts';

const spec: CommandSpec = {
  name: 'rollback',
  summary: 'bring an environment back to a release that ran there before',
  description: [
    'Takes back the rollout that is under way; if there is none, or it still waits to be let in, deploys the release that completed before the one that runs, or --to another that completed here. Always allowed: no window, no freeze and no approval keeps it. The database stays as it is: schemas only go forward.',
    deskNote,
  ],
  argument: { name: 'ENVIRONMENT', repeatable: false, help: 'as slipway.yml names it' },
  options: [
    ...deskOptions,
    { name: 'to', value: 'RELEASE', help: 'one that completed here; default the one before' },
    { name: 'follow', help: 'wait for the end and print what happens' },
  ],
  examples: [{ line: 'slipway rollback production --follow', says: 'to what ran before' }],
};

export const rollbackCommand: Command = { spec, execute };

async function execute(typed: TypedArguments): Promise<number> {
  const [environment] = typed.arguments;
  if (environment === undefined) {
    return refuse([{ message: 'there is no environment', mend: 'Name one of slipway.yml.' }]);
  }
  const to = typed.values.get('to')?.[0];
  return withDesk(typed, async (desk) => {
    const { kind, deployment } = await desk.rollback({ environment, ...(to !== undefined && { to }) });
    const status = await followOrName(desk, deployment, typed);
    if (kind === 'requested') return status;
    const { state } = await desk.deployment(deployment.id);
    // What was under way is taken back, which is what was asked for.
    return ['completed', 'blocked', 'refused'].includes(state) ? exitStatus.failure : exitStatus.success;
  });
}
