import type { CommandSpec, TypedArguments } from '../command-line/command.ts';
import { exitStatus } from '../command-line/exit-status.ts';
import { refuse } from '../command-line/refusal.ts';
import { deskNote, deskOptions, withDesk } from '../delivery/open-desk.ts';
import { printOut } from '../view/print.ts';
import type { Command } from './command-table.ts';

const spec: CommandSpec = {
  name: 'unfreeze',
  summary: 'let deployments to an environment go on after something stranded there',
  description: [
    'An environment is frozen when a rollout can neither go on nor be taken back. Look into it first: slipway deployments says why.',
    deskNote,
  ],
  argument: { name: 'ENVIRONMENT', repeatable: false, help: 'as slipway.yml names it' },
  options: [
    ...deskOptions,
    { name: 'reason', value: 'TEXT', help: 'what was found and done; it is audited' },
  ],
  examples: [{ line: "slipway unfreeze production --reason 'host replaced'", says: 'deployments go on' }],
};

export const unfreezeCommand: Command = { spec, execute };

async function execute(typed: TypedArguments): Promise<number> {
  const [environment] = typed.arguments;
  const reason = typed.values.get('reason')?.[0];
  if (environment === undefined || reason === undefined) {
    const message = environment === undefined ? 'there is no environment' : 'there is no reason';
    return refuse([{ message, mend: 'Write slipway unfreeze ENVIRONMENT --reason TEXT.' }]);
  }
  return withDesk(typed, async (desk) => {
    const after = await desk.unfreeze(environment, reason);
    if (typed.switches.has('json')) printOut(`${JSON.stringify(after)}\n`);
    else printOut(`${after.name} takes deployments again.\n`);
    return exitStatus.success;
  });
}
