import type { CommandSpec } from '../command-line/command.ts';
import { stateOptions } from '../delivery/daemon-state.ts';
import type { Command } from './command-table.ts';

const spec: CommandSpec = {
  name: 'edge',
  summary: 'split the traffic of an environment between revisions',
  description: [
    'The daemon in front of process and docker targets: a target starts it and tells it where to listen and who gets which share, over the socket in its state folder. It keeps all that on disk, and serves on whatever becomes of the server that started it.',
    'SIGTERM ends it; the next one with the same state listens where it did and splits as it did. Metrics for Prometheus are at /metrics of its metrics address.',
  ],
  options: stateOptions('splits'),
  examples: [
    {
      line: 'slipway edge --state /var/lib/slipway/targets/app/production/edge',
      says: 'as a target starts it',
    },
  ],
};

export const edgeCommand: Command = {
  spec,
  async execute(typed) {
    const { runDaemon } = await import('../delivery/daemon-state.ts');
    const { serveEdge } = await import('@slipway/targets/edge');
    return runDaemon(typed, serveEdge);
  },
};
