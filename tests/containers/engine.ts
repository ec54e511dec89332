import { beforeEach } from 'vitest';
import { prepareTestEngine } from './test-engine.ts';

export const engine = await prepareTestEngine();

/** Skips every test of the file where no engine is to be had. */
export function needEngine(): void {
  beforeEach((ctx) => {
    if (engine.kind === 'skip') ctx.skip(engine.reason);
  });
}

/** Ids of the containers and networks that have this label, `key=value`; empty: there are none. */
export async function labelled(label: string): Promise<string> {
  if (engine.kind === 'skip') return '';
  const filter = ['--quiet', '--filter', `label=${label}`];
  const containers = await engine.client.run(['ps', '--all', ...filter]);
  return containers + (await engine.client.run(['network', 'ls', ...filter]));
}
