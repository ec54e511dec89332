import { describeTarget } from '../packages/targets/src/target.contract.ts';
import { prepareTestEngine } from './docker-images.ts';
import { dockerKind } from './docker-kind.ts';

describeTarget('docker target', async () => {
  const engine = await prepareTestEngine();
  return engine.kind === 'skip' ? { skip: engine.reason } : dockerKind(engine.client);
});
