import { join } from 'node:path';
import { collectOutput } from '../../processes/collect-output.ts';
import { trackingVariable } from '../../processes/tracking.ts';
import type { ServiceContext } from '../service-provider.ts';
import { type HealthClients, writeHealthClients } from './health-clients.ts';

export interface HealthCommandOptions {
  serviceId: string;
  context: ServiceContext;
  clients: HealthClients;
  baseEnv: Record<string, string>;
}

export type RunHealthCommand = (
  command: string,
  timeoutMs: number,
) => Promise<{ healthy: boolean; output: string }>;

/** Makes what runs a health command as docker does inside of the container: by `/bin/sh -c`, with the service's environment. */
export async function prepareHealthCommand(options: HealthCommandOptions): Promise<RunHealthCommand> {
  const { serviceId, context, clients, baseEnv } = options;
  const directory = join(context.directory, `${serviceId}-clients`);
  await writeHealthClients(directory, clients);
  const env = {
    ...baseEnv,
    ...clients.env,
    PATH: `${directory}:${baseEnv.PATH}`,
    [trackingVariable]: context.trackingId,
  };
  return async (command, timeoutMs) => {
    const { status, output } = await collectOutput({
      ...{ file: '/bin/sh', args: ['-c', command], cwd: directory, env, input: '' },
      timeoutMs,
      signal: context.signal,
    });
    return { healthy: status === 0, output };
  };
}
