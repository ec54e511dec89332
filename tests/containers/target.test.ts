import { describeTarget } from '../../packages/targets/src/target.contract.ts';
import { dockerKind } from './target-kind.ts';
import { prepareTestEngine } from './test-engine.ts';

describeTarget('docker target', async () => {
  const engine = await prepareTestEngine();
  return engine.kind === 'skip' ? { skip: engine.reason } : dockerKind(engine.client);
});
