import { processKind } from '../../fixtures/target-fixture.ts';
import { describeTarget } from '../target.contract.ts';

describeTarget('process target', async () => processKind());
