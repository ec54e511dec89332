import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readAssignments } from './assignments.ts';

describe('names and values of the command line', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'slipway-assignments-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  function read(typed: string[], more: { file?: string; environment?: NodeJS.ProcessEnv } = {}) {
    const files = more.file === undefined ? [] : [join(folder, 'file')];
    if (more.file !== undefined) writeFileSync(join(folder, 'file'), more.file);
    const environment = more.environment === undefined ? {} : { environment: more.environment };
    return readAssignments({ typed, option: 'secret', files, fileOption: 'secret-file', ...environment });
  }

  it('are split at the first equals sign; a value may be empty', () => {
    expect(read(['A=b=c', 'E=']).values).toEqual({ A: 'b=c', E: '' });
  });

  it('come from a file in dotenv format, where several lines may be one value, and are overruled by what is typed', () => {
    const file = '# comment\nA=1\nKEY="line one\nline two"\nexport B=\'x y\'\n';
    expect(read(['A=2'], { file }).values).toEqual({ A: '2', KEY: 'line one\nline two', B: 'x y' });
  });

  it('take the value from the environment where that is allowed', () => {
    expect(read(['TOKEN'], { environment: { TOKEN: 't' } }).values).toEqual({ TOKEN: 't' });
    expect(read(['TOKEN'], { environment: {} }).mistakes[0]?.message).toBe(
      '--secret TOKEN: the environment has no variable TOKEN',
    );
    expect(read(['TOKEN']).mistakes[0]?.message).toBe('--secret TOKEN has no value');
  });

  it('never repeat a value in a message', () => {
    const { mistakes } = read(['no name=hunter2', '1X=hunter2']);
    expect(mistakes).toHaveLength(2);
    expect(JSON.stringify(mistakes)).not.toContain('hunter2');
  });

  it('say which file cannot be read', () => {
    const missing = join(folder, 'missing');
    const { mistakes } = readAssignments({
      typed: [],
      option: 'var',
      files: [missing],
      fileOption: 'var-file',
    });
    expect(mistakes[0]?.message).toContain(`--var-file: ENOENT`);
    expect(mistakes[0]?.message).toContain(missing);
  });
});

it('names and values that are arguments are told of as such', () => {
  const { mistakes } = readAssignments({ typed: ['REGION', '1=x'], files: [], fileOption: 'file' });
  expect(mistakes).toEqual([
    { message: 'REGION has no value', mend: 'Write REGION=VALUE.' },
    { message: "'1' is no name", mend: 'Write NAME=VALUE.' },
  ]);
});
