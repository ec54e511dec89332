import { describe, expect, it } from 'vitest';
import { readWorkflow } from '../read-workflow.ts';
import { type AssessCallsOptions, assessReusableWorkflows } from './assess-calls.ts';

/** Files by their `uses`; the one called `root` is assessed. Returns `file:line code` of each finding. */
function assess(files: Record<string, string>, options: Partial<AssessCallsOptions> = {}): string[] {
  const read = (path: string) => {
    const { value, diagnostics } = readWorkflow({ path, content: files[path] ?? '' });
    if (!value && path in files) throw new Error(JSON.stringify(diagnostics));
    return value;
  };
  const diagnostics = assessReusableWorkflows({ workflow: read('root')!, load: read, ...options });
  return diagnostics.map(({ file, line, code }) => `${file}:${line} ${code}`);
}

function calling(uses: string, more = ''): string {
  return `on: { push: , workflow_call: }\njobs:\n  call:\n    uses: ${uses}\n${more}`;
}

const callable = 'on: workflow_call\njobs:\n  work: { runs-on: x, steps: [] }\n';

describe('calls of reusable workflows', () => {
  it('accept a callable workflow with nothing to give', () => {
    expect(assess({ root: calling('./a.yml'), './a.yml': callable })).toEqual([]);
  });

  it('refuse a workflow that cannot be loaded, and one that is not callable', () => {
    expect(assess({ root: calling('./a.yml') })).toEqual(['root:4 unknown-workflow']);
    expect(
      assess({ root: calling('./a.yml'), './a.yml': callable.replace('workflow_call', 'push') }),
    ).toEqual(['root:4 not-callable']);
  });

  it('refuse workflows that call each other in a circle, at the call that closes it', () => {
    const files = { root: calling('./a.yml'), './a.yml': calling('./b.yml'), './b.yml': calling('./a.yml') };
    expect(assess(files)).toEqual(['./b.yml:4 call-cycle']);
  });

  it('allow nine levels below the first file, and refuse the tenth', () => {
    const level = (n: number) => [`./${n}.yml`, calling(`./${n + 1}.yml`)];
    const chain = Object.fromEntries(Array.from({ length: 9 }, (_, i) => level(i + 1)));
    const files = { root: calling('./1.yml'), ...chain };
    expect(assess({ ...files, './9.yml': callable })).toEqual([]);
    expect(assess({ ...files, './10.yml': callable })).toEqual(['./9.yml:4 too-deep-call']);
  });

  it('refuse more than fifty different workflows', () => {
    const names = Array.from({ length: 51 }, (_, i) => `./${i}.yml`);
    const jobs = names.map((name, i) => `  j${i}: { uses: ${name} }\n`).join('');
    const called = Object.fromEntries(names.map((name) => [name, callable]));
    expect(assess({ root: `on: push\njobs:\n${jobs}`, ...called })).toEqual(['root:53 too-many-workflows']);
  });

  it('compare inputs and secrets with what is declared, ignoring the case of names', () => {
    const declares = `on:
  workflow_call:
    inputs:
      Level: { type: number, required: true }
      note: { type: string }
    secrets:
      TOKEN: { required: true }
jobs:
  work: { runs-on: x, steps: [] }
`;
    const good = '    with: { level: 3, note: 7 }\n    secrets: { token: x }\n';
    expect(assess({ root: calling('./a.yml', good), './a.yml': declares })).toEqual([]);
    const inherited = good.replace('{ token: x }', 'inherit');
    expect(assess({ root: calling('./a.yml', inherited), './a.yml': declares })).toEqual([]);
    const bad = '    with:\n      level: high\n      other: 1\n    secrets: { key: x }\n';
    expect(assess({ root: calling('./a.yml', bad), './a.yml': declares })).toEqual([
      'root:4 missing-secret',
      'root:6 invalid-input-value',
      'root:7 unknown-input',
      'root:8 unknown-secret',
    ]);
    expect(assess({ root: calling('./a.yml'), './a.yml': declares })).toEqual([
      'root:4 missing-input',
      'root:4 missing-secret',
    ]);
  });

  it('narrow permissions from caller to called, over two levels', () => {
    const inner = callable.replace('jobs:', 'permissions: { contents: write }\njobs:');
    const root = `permissions: { contents: read }\n${calling('./a.yml')}`;
    expect(assess({ root, './a.yml': calling('./b.yml'), './b.yml': inner })).toEqual([
      './a.yml:3 permission-exceeded',
    ]);
    const granting = root.replace('read', 'write');
    expect(assess({ root: granting, './a.yml': calling('./b.yml'), './b.yml': inner })).toEqual([]);
  });

  it("hold called workflows to the repository's policy where no file grants anything", () => {
    const files = {
      root: calling('./a.yml'),
      './a.yml': callable.replace('jobs:', 'permissions: { issues: read }\njobs:'),
    };
    expect(assess(files)).toEqual([]);
    expect(assess(files, { permissionsPolicy: 'LimitedRead' })).toEqual(['root:3 permission-exceeded']);
  });
});
