import { describe, expect, it } from 'vitest';
import type { Trigger } from '../model/workflow.ts';
import type { EventFacts } from './event-facts.ts';
import { refusePaths } from './path-filter.ts';

const at = { line: 1, column: 1 };

function change(...changedFiles: string[]): EventFacts {
  return { name: 'push', ref: 'refs/heads/main', sha: 'abc', payload: {}, changedFiles };
}

function reasonOn(trigger: Partial<Trigger>, event: EventFacts): string {
  return refusePaths({ at, ...trigger }, event) ?? 'none';
}

describe('changed files', () => {
  const { changedFiles: _, ...unknownChange } = change();

  it.each<[string, Partial<Trigger>, EventFacts, string]>([
    ['one of them listed', { paths: ['src/**'] }, change('README.md', 'src/a.ts'), 'none'],
    [
      'none of them listed',
      { paths: ['src/**', 'lib/**'] },
      change('README.md'),
      'It runs when src/** or lib/** changes, not on a change of README.md.',
    ],
    ['one listed and put out again', { paths: ['**', '!docs/**'] }, change('docs/a.md'), 'It runs when'],
    ['all ignored', { pathsIgnore: ['docs/**'] }, change('docs/a.md', 'docs/b.md'), 'docs/a.md and 1 more'],
    ['not all ignored', { pathsIgnore: ['docs/**'] }, change('docs/a.md', 'src/a.ts'), 'none'],
    ['not known', { paths: ['src/**'] }, unknownChange, 'none'],
    ['none at all', { paths: ['**'] }, change(), 'It runs on changed files, and none is changed.'],
    ['none at all, without a filter', {}, change(), 'none'],
    ['of a tag', { paths: ['src/**'] }, { ...change('README.md'), ref: 'refs/tags/v1' }, 'none'],
    ['of a pull request', { paths: ['src/**'] }, { ...change('a.md'), name: 'pull_request' }, 'It runs when'],
    ['of a release', { paths: ['src/**'] }, { ...change('a.md'), name: 'release' }, 'none'],
  ])('%s', (_what, trigger, event, expected) => {
    expect(reasonOn(trigger, event)).toContain(expected);
  });

  it('are seen up to the 300th', () => {
    const unrelated = (count: number) => Array.from({ length: count }, (_, i) => `docs/${i}.md`);
    const trigger = { paths: ['src/**'] };
    expect(reasonOn(trigger, change(...unrelated(299), 'src/a.ts'))).toBe('none');
    const unseen = reasonOn(trigger, change(...unrelated(300), 'src/a.ts'));
    expect(unseen).toContain('only the first 300 are looked at');
  });
});
