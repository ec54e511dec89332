import { createActionStore } from '@slipway/runner/actions';
import { httpGateway, startAgent } from '@slipway/runner/agent';

/** One runner as a process of its own, for tests that kill it. SIGTERM drains it. */
export interface HarnessRunnerOptions {
  url: string;
  name: string;
  labels: string[];
  slipwayHome: string;
  slots: number;
}

process.stdin.resume().on('close', () => process.exit());
const { url, name, labels, slipwayHome, slots } = JSON.parse(process.argv[2] ?? '') as HarnessRunnerOptions;
const agent = startAgent({
  gateway: httpGateway({ url, token: 'runner-token' }),
  name,
  labels,
  slots,
  machine: {
    slipwayHome,
    actionsOf: (repositoryRoot) => createActionStore({ slipwayHome, repositoryRoot }),
    services: { cannotServe: async () => 'no services here', start: () => Promise.reject(new Error()) },
    baseEnv: process.env,
  },
  waitMs: 2_000,
  onTrouble: (error) => process.stderr.write(`${name}: ${error instanceof Error ? error.stack : error}\n`),
});
process.on('SIGTERM', () => void agent.drain().then(() => process.exit(0)));
process.stdout.write('ready\n');
