import { expect, test } from 'vitest';
import type { GroupRequest } from '../plan/run-plan.ts';
import {
  type ConcurrencyGroups,
  leaveGroups,
  noGroups,
  requestGroups,
  resumeGroups,
} from './concurrency-groups.ts';

const single = (group: string): GroupRequest => ({ group, cancelInProgress: false, queue: 'single' });
const cancelling = (group: string): GroupRequest => ({ group, cancelInProgress: true, queue: 'single' });
const max = (group: string): GroupRequest => ({ group, cancelInProgress: false, queue: 'max' });

/** Plays steps and says what each led to: `a+` is granted, `a-` is cancelled. */
function play(
  steps: [member: string, ...requests: GroupRequest[]][],
  before: ConcurrencyGroups = noGroups,
): string[] {
  let groups = before;
  return steps.map(([member, ...requests]) => {
    const change =
      requests.length > 0 ? requestGroups(groups, member, requests) : leaveGroups(groups, member);
    groups = change.groups;
    return change.effects
      .map((effect) => `${effect.member}${effect.kind === 'granted' ? '+' : '-'}`)
      .join(' ');
  });
}

test('a free group is granted at once, a held one when its holder leaves', () => {
  expect(play([['a', single('x')], ['b', single('x')], ['a'], ['b']])).toEqual(['a+', '', 'b+', '']);
});

test('names differ in more than case', () => {
  expect(
    play([
      ['a', single('Prod')],
      ['b', single('prod')],
    ]),
  ).toEqual(['a+', '']);
});

test('a newer member takes the place of the one that waits', () => {
  expect(play([['a', single('x')], ['b', single('x')], ['c', single('x')], ['a']])).toEqual([
    'a+',
    '',
    'b-',
    'c+',
  ]);
});

test('cancel-in-progress also cancels the holder, which keeps the group until it has left', () => {
  expect(play([['a', single('x')], ['b', single('x')], ['c', cancelling('x')], ['a']])).toEqual([
    'a+',
    '',
    'b- a-',
    'c+',
  ]);
});

test('under queue: max members wait in line, a hundred of them', () => {
  const many = Array.from({ length: 100 }, (_, i): [string, GroupRequest] => [`m${i}`, max('x')]);
  const effects = play([['a', max('x')], ...many, ['late', max('x')], ['a'], ['m0']]);
  expect(effects.slice(-4)).toEqual(['', 'late-', 'm0+', 'm1+']);
});

test('a member of several groups gets all of them at once, and holds up none while it waits', () => {
  expect(play([['a', single('x')], ['b', single('x'), max('y')], ['c', max('y')], ['a'], ['b']])).toEqual([
    'a+',
    '',
    '',
    'b+',
    'c+',
  ]);
});

test('a member that gives way in one group gives way in all', () => {
  expect(
    play([
      ['a', single('x')],
      ['b', single('x'), single('y')],
      ['c', max('y')],
      ['d', single('x')],
    ]),
  ).toEqual(['a+', '', '', 'b- c+']);
});

test('asking again changes nothing, but who holds is told so again', () => {
  expect(
    play([
      ['a', single('x')],
      ['b', single('x')],
      ['b', single('x')],
      ['a', single('x')],
    ]),
  ).toEqual(['a+', '', '', 'a+']);
});

test('a name may be one that objects have', () => {
  expect(
    play([['a', single('__proto__')], ['b', single('__proto__')], ['c', single('constructor')], ['a']]),
  ).toEqual(['a+', '', 'c+', 'b+']);
});

test('what was held before a restart is held again', () => {
  const groups = resumeGroups(noGroups, 'a', [single('x')]);
  expect(play([['b', single('x')], ['a']], groups)).toEqual(['', 'b+']);
});
