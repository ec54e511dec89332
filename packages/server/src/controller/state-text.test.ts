import type { RunState } from '@slipway/workflow/run';
import { expect, test } from 'vitest';
import { stateText } from './state-text.ts';

test('a state is the same again when its text is read, before a change and after it', () => {
  const before: RunState = {
    nodes: [
      {
        kind: 'scope',
        graph: 0,
        caller: null,
        firstJob: 1,
        cancelled: null,
        state: { kind: 'open', remaining: 2, conclusion: 'success' },
      },
      { kind: 'job', scope: 0, position: 0, key: 'bu"ild', state: { kind: 'waiting', needs: 1 } },
      { kind: 'job', scope: 0, position: 1, key: 'test', state: { kind: 'opening' } },
    ],
    foreign: [null],
  };
  expect(JSON.parse(stateText(before))).toEqual(before);

  const [scope, , last] = before.nodes;
  const after: RunState = {
    ...before,
    nodes: [scope!, { kind: 'job', scope: 0, position: 0, key: 'bu"ild', state: { kind: 'opening' } }, last!],
  };
  expect(JSON.parse(stateText(after))).toEqual(after);
});
