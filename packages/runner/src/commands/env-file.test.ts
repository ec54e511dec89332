import { describe, expect, test } from 'vitest';
import { EnvFileError, readEnvFile } from './env-file.ts';

describe('readEnvFile', () => {
  test('reads lines and blocks in order, and keeps a name that is set twice', () => {
    const text = 'A=1\n\nB<<EOF\nx=1\n\ny<<2\nEOF\nA=2\nC<<E\nE\nD=';
    expect([...readEnvFile(text)]).toEqual([
      ['A', '1'],
      ['B', 'x=1\n\ny<<2'],
      ['A', '2'],
      ['C', ''],
      ['D', ''],
    ]);
  });

  test('the first of = and << decides', () => {
    expect([...readEnvFile('A=b<<c\n')]).toEqual([['A', 'b<<c']]);
    expect([...readEnvFile('A<<b=c\nvalue\nb=c\n')]).toEqual([['A', 'value']]);
  });

  test('a value cannot end its block early with a line that only begins with the delimiter', () => {
    expect([...readEnvFile('A<<EOF\nEOF2\n EOF\nEOF\n')]).toEqual([['A', 'EOF2\n EOF']]);
  });

  test.each(['nothing', '=value', '<<EOF\nx\nEOF', 'A<<\nx\n', 'A<<EOF\nx', 'A<<EOF\nxEOF\n'])(
    'refuses %j',
    (text) => {
      expect(() => [...readEnvFile(text)]).toThrow(EnvFileError);
    },
  );

  test('what stands before a fault is still yielded', () => {
    const seen: string[] = [];
    expect(() => {
      for (const [name] of readEnvFile('A=1\nbroken\nB=2')) seen.push(name);
    }).toThrow("Invalid format 'broken'");
    expect(seen).toEqual(['A']);
  });
});
