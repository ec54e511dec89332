import { describe, expect, it } from 'vitest';
import type { CommandSpec } from './command.ts';
import { parseTyped } from './parse.ts';

const spec: CommandSpec = {
  name: 'try',
  summary: '',
  description: [],
  argument: { name: 'EVENT', repeatable: false, help: '' },
  options: [
    { name: 'job', short: 'j', value: 'ID', repeatable: true, help: '' },
    { name: 'ref', value: 'REF', help: '' },
    { name: 'offline', help: '' },
  ],
  examples: [],
};
const parse = (...argv: string[]) => parseTyped(spec, argv);

describe('arguments of a command', () => {
  it('may be written in every usual way', () => {
    const { typed, mistakes } = parse('push', '--job', 'a', '--job=b', '-j', 'c', '-jd', '--offline');
    expect(mistakes).toEqual([]);
    expect(typed.arguments).toEqual(['push']);
    expect(typed.values.get('job')).toEqual(['a', 'b', 'c', 'd']);
    expect([...typed.switches]).toEqual(['offline']);
  });

  it('may have values that begin with a dash or hold an equals sign', () => {
    const { typed, mistakes } = parse('--job', '-x', '--ref=a=b');
    expect(mistakes).toEqual([]);
    expect(typed.values.get('job')).toEqual(['-x']);
    expect(typed.values.get('ref')).toEqual(['a=b']);
  });

  it('are reported all at once when they cannot be meant', () => {
    const { mistakes } = parse(
      'push',
      'pull',
      '--jbo',
      'x',
      '--offline=yes',
      '--ref',
      'a',
      '--ref',
      'b',
      '--job',
    );
    expect(mistakes.map(({ message }) => message)).toEqual([
      'unknown option --jbo',
      '--offline takes no value',
      '--ref is given twice',
      '--job needs a value',
      "unexpected argument 'pull'",
    ]);
    expect(mistakes[0]?.mend).toBe('Did you mean --job?');
  });
});
