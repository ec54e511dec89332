import { describe, expect, it } from 'vitest';
import type { Trigger, Triggers, Workflow } from '../model/workflow.ts';
import { assessTrigger } from './assess-trigger.ts';
import type { EventFacts, Payload } from './event-facts.ts';

const at = { line: 1, column: 1 };

function workflowOn(on: Record<string, Partial<Trigger>>): Workflow {
  const entries = Object.entries(on).map(([name, trigger]) => [name, { at, ...trigger }]);
  return { path: '.github/workflows/ci.yml', on: Object.fromEntries(entries) as Triggers, jobs: [] };
}

/** Why the event does not start a workflow with this trigger, or 'match'. */
function verdictOn(trigger: Partial<Trigger>, event: EventFacts): string {
  const verdict = assessTrigger(workflowOn({ [event.name]: trigger }), event);
  return verdict.kind === 'match' ? 'match' : verdict.reason;
}

function push(ref: string, more: Partial<EventFacts> = {}): EventFacts {
  return { name: 'push', ref, sha: 'abc', payload: { ref }, ...more };
}

function pullRequest(base: string, payload: Payload = {}, more: Partial<EventFacts> = {}): EventFacts {
  const whole = { action: 'opened', pull_request: { base: { ref: base } }, ...payload };
  return { name: 'pull_request', ref: 'refs/pull/1/merge', sha: 'abc', payload: whole, ...more };
}

function other(name: string, payload: Payload = {}): EventFacts {
  return { name, ref: 'refs/heads/main', sha: 'abc', payload };
}

describe('a workflow', () => {
  it('is started by the events under its on', () => {
    const workflow = workflowOn({ push: {}, issues: {} });
    expect(assessTrigger(workflow, push('refs/heads/x'))).toEqual({ kind: 'match' });
    expect(assessTrigger(workflow, other('release'))).toEqual({
      kind: 'no-match',
      reason: 'It runs on push and issues, not on release.',
    });
  });

  it('that is only called is started by no event', () => {
    const reason = 'It runs only when another workflow calls it.';
    const called = workflowOn({ workflow_call: {} });
    expect(assessTrigger(called, push('refs/heads/x'))).toEqual({ kind: 'no-match', reason });
    expect(assessTrigger(called, other('workflow_call'))).toEqual({ kind: 'no-match', reason });
    const both = workflowOn({ workflow_call: {}, push: {} });
    expect(assessTrigger(both, push('refs/heads/x'))).toEqual({ kind: 'match' });
    expect(assessTrigger(both, other('release'))).toMatchObject({
      reason: 'It runs on push, not on release.',
    });
  });

  it('is not started by an event named like a property of objects', () => {
    expect(assessTrigger(workflowOn({ push: {} }), other('constructor'))).toMatchObject({ kind: 'no-match' });
  });
});

describe('a push', () => {
  it.each<[string, Partial<Trigger>, string, string]>([
    ['any branch', {}, 'refs/heads/a/b', 'match'],
    ['any tag', {}, 'refs/tags/v1', 'match'],
    ['a branch that is listed', { branches: ['main', 'rel/**'] }, 'refs/heads/rel/1/2', 'match'],
    [
      'a branch that is not listed',
      { branches: ['main', 'rel/**'] },
      'refs/heads/dev',
      "It takes pushes to branches main or rel/** only, not 'dev'.",
    ],
    ['an excluded branch', { branches: ['**', '!wip/**'] }, 'refs/heads/wip/x', "only, not 'wip/x'"],
    ['a branch that is not ignored', { branchesIgnore: ['wip/**'] }, 'refs/heads/main', 'match'],
    [
      'an ignored branch',
      { branchesIgnore: ['wip/**'] },
      'refs/heads/wip/x',
      "It ignores pushes to branches wip/**, which covers 'wip/x'.",
    ],
    ['a tag that is listed', { tags: ['v*'] }, 'refs/tags/v1', 'match'],
    [
      'a tag that is not listed',
      { tags: ['v*'] },
      'refs/tags/x',
      "It takes pushes of tags v* only, not 'x'.",
    ],
    ['an ignored tag', { tagsIgnore: ['v*'] }, 'refs/tags/v1', 'It ignores pushes of tags v*'],
    [
      'a tag, where only branches are filtered',
      { branches: ['**'] },
      'refs/tags/v1',
      "It takes pushes to branches only, and 'v1' is a tag.",
    ],
    ['a tag, where only branches are ignored', { branchesIgnore: ['x'] }, 'refs/tags/v1', 'to branches only'],
    ['a branch, where only tags are filtered', { tags: ['**'] }, 'refs/heads/main', 'of tags only'],
    ['a branch, where only tags are ignored', { tagsIgnore: ['x'] }, 'refs/heads/main', 'of tags only'],
    ['a tag, where both are filtered', { branches: ['main'], tags: ['v*'] }, 'refs/tags/v1', 'match'],
    [
      'a branch, where both are filtered',
      { branches: ['main'], tagsIgnore: ['v*'] },
      'refs/heads/main',
      'match',
    ],
    ['something else', {}, 'refs/notes/commits', "'refs/notes/commits' is neither a branch nor a tag."],
  ])('of %s', (_what, trigger, ref, expected) => {
    expect(verdictOn(trigger, push(ref))).toContain(expected);
  });

  it.each(['[skip ci]', '[ci skip]', '[no ci]', '[skip actions]', '[actions skip]'])(
    'with %s starts nothing',
    (wish) => {
      const payload = { head_commit: { message: `docs ${wish}` } };
      expect(verdictOn({}, push('refs/heads/main', { payload }))).toBe(
        `The head commit's message asks for no run: '${wish}'.`,
      );
    },
  );

  it('with the trailer skip-checks starts nothing; other events go on', () => {
    const message = 'fix\n\n\nskip-checks: true\n';
    expect(verdictOn({}, push('refs/heads/main', { headMessage: message }))).toContain('skip-checks: true');
    expect(verdictOn({}, push('refs/heads/main', { headMessage: 'skip-checks: true' }))).toBe('match');
    expect(verdictOn({}, pullRequest('main', {}, { headMessage: '[skip ci]' }))).toContain('asks for no run');
    expect(verdictOn({}, { ...other('workflow_dispatch'), headMessage: '[skip ci]' })).toBe('match');
  });
});

describe('changed files', () => {
  it('count only on the branches that are filtered, too', () => {
    const trigger = { branches: ['dev'], paths: ['src/**'] };
    const event = push('refs/heads/main', { changedFiles: ['src/a.ts'] });
    expect(verdictOn(trigger, event)).toContain("only, not 'main'");
    expect(verdictOn({ paths: ['src/**'] }, event)).toBe('match');
    expect(verdictOn({ paths: ['lib/**'] }, event)).toContain('It runs when lib/** changes');
  });
});

describe('a pull request', () => {
  it.each<[string, Partial<Trigger>, EventFacts, string]>([
    ['opened', {}, pullRequest('main'), 'match'],
    ['synchronized', {}, pullRequest('main', { action: 'synchronize' }), 'match'],
    ['reopened', {}, pullRequest('main', { action: 'reopened' }), 'match'],
    [
      'closed',
      {},
      pullRequest('main', { action: 'closed' }),
      'It runs on pull_request of type opened, synchronize or reopened (the default), not closed.',
    ],
    [
      'closed, where that is asked for',
      { types: ['closed'] },
      pullRequest('main', { action: 'closed' }),
      'match',
    ],
    [
      'opened, where only closed is asked for',
      { types: ['closed'] },
      pullRequest('main'),
      'of type closed, not opened.',
    ],
    [
      'without a type',
      {},
      pullRequest('main', { action: null }),
      "this event has no type ('action' in its payload)",
    ],
    ['into a listed branch', { branches: ['main'] }, pullRequest('main'), 'match'],
    [
      'into another branch',
      { branches: ['main'] },
      pullRequest('dev'),
      "It takes pull requests into main only, not 'dev'.",
    ],
    ['into an ignored branch', { branchesIgnore: ['d*'] }, pullRequest('dev'), "covers 'dev'"],
    [
      'into no branch',
      { branches: ['main'] },
      pullRequest('main', { pull_request: {} }),
      'the event names no branch',
    ],
    [
      'for the target',
      { branches: ['main'] },
      { ...pullRequest('dev'), name: 'pull_request_target' },
      "only, not 'dev'",
    ],
  ])('%s', (_what, trigger, event, expected) => {
    expect(verdictOn(trigger, event)).toContain(expected);
  });
});

describe('another event', () => {
  it.each<[string, Partial<Trigger>, EventFacts, string]>([
    ['of any type', {}, other('issues', { action: 'labeled' }), 'match'],
    ['of a type asked for', { types: ['opened', 'edited'] }, other('issues', { action: 'edited' }), 'match'],
    [
      'of another type',
      { types: ['opened'] },
      other('issues', { action: 'edited' }),
      'It runs on issues of type opened, not edited.',
    ],
    ['of a custom type', { types: ['deploy'] }, other('repository_dispatch', { action: 'deploy' }), 'match'],
    ['of another custom type', { types: ['deploy'] }, other('repository_dispatch', { action: 'x' }), 'not x'],
    ['of a custom type, unfiltered', {}, other('repository_dispatch'), 'match'],
    ['release, published', {}, other('release', { action: 'published', release: { draft: false } }), 'match'],
    [
      'release, a draft',
      {},
      other('release', { action: 'edited', release: { draft: true } }),
      'A draft release that is edited',
    ],
    ['deployment', {}, other('deployment', { action: 'created' }), 'match'],
    [
      'deployment status',
      {},
      other('deployment_status', { deployment_status: { state: 'success' } }),
      'match',
    ],
    [
      'inactive',
      {},
      other('deployment_status', { deployment_status: { state: 'inactive' } }),
      "status 'inactive'",
    ],
    [
      'merge group',
      { branches: ['main'] },
      other('merge_group', { merge_group: { base_ref: 'refs/heads/main' } }),
      'match',
    ],
    [
      'merge group',
      { branches: ['main'] },
      other('merge_group', { merge_group: { base_ref: 'refs/heads/x' } }),
      "only, not 'x'",
    ],
    ['one without types', {}, other('fork'), 'match'],
    ['dispatch', {}, other('workflow_dispatch'), 'match'],
  ])('%s', (_what, trigger, event, expected) => {
    expect(verdictOn(trigger, event)).toContain(expected);
  });

  it('follows the runs of named workflows, of a type, on a branch', () => {
    const run = (name: string, action: string, branch: string) =>
      other('workflow_run', { action, workflow_run: { name, head_branch: branch } });
    const trigger = { workflows: ['CI', 'Build'], types: ['completed'], branches: ['main', 'rel/**'] };
    expect(verdictOn(trigger, run('CI', 'completed', 'rel/1'))).toBe('match');
    expect(verdictOn(trigger, run('Lint', 'completed', 'main'))).toBe(
      "It follows the workflow CI or Build, not 'Lint'.",
    );
    expect(verdictOn(trigger, run('CI', 'requested', 'main'))).toContain('of type completed, not requested');
    expect(verdictOn(trigger, run('CI', 'completed', 'dev'))).toBe(
      "It takes runs on main or rel/** only, not 'dev'.",
    );
    expect(verdictOn({ workflows: ['CI'] }, run('CI', 'in_progress', 'dev'))).toBe('match');
    expect(verdictOn({ workflows: ['CI'] }, run('', 'completed', 'dev'))).toContain(
      "doesn't say which one ran",
    );
  });

  it('comes from a schedule of the workflow; one that names none stands for all', () => {
    const trigger = {
      schedules: [
        { cron: '0 1 * * *', at },
        { cron: '5 5 * * 1', at },
      ],
    };
    expect(verdictOn(trigger, other('schedule', { schedule: '5 5 * * 1' }))).toBe('match');
    expect(verdictOn(trigger, other('schedule'))).toBe('match');
    expect(verdictOn(trigger, other('schedule', { schedule: '0 2 * * *' }))).toBe(
      "It is scheduled at '0 1 * * *' and '5 5 * * 1', not at '0 2 * * *'.",
    );
  });
});
