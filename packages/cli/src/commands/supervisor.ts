import type { CommandSpec } from '../command-line/command.ts';
import { stateOptions } from '../delivery/daemon-state.ts';
import type { Command } from './command-table.ts';

const spec: CommandSpec = {
  name: 'supervisor',
  summary: 'keep the processes of an environment running',
  description: [
    'The daemon behind process targets: a target starts it and tells it what to run, over the socket in its state folder. It starts again what crashes, checks what it runs, and keeps migrations to their end, whatever becomes of the server that started it.',
    'SIGTERM ends the supervisor and leaves the processes running; the next one with the same state adopts them. --end ends both.',
  ],
  options: stateOptions('supervises'),
  examples: [
    {
      line: 'slipway supervisor --state /var/lib/slipway/targets/app/production/supervisor',
      says: 'as a target starts it',
    },
    {
      line: 'slipway supervisor --end --state /var/lib/slipway/targets/app/production/supervisor',
      says: 'end it and all that it runs',
    },
  ],
};

export const supervisorCommand: Command = {
  spec,
  async execute(typed) {
    const { runDaemon } = await import('../delivery/daemon-state.ts');
    const { serveSupervisor } = await import('@slipway/targets/supervisor');
    return runDaemon(typed, serveSupervisor);
  },
};
