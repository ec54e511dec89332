import { describe, expect, test } from 'vitest';
import { parseWorkflowCommand } from './workflow-command.ts';

const known = (name: string) => ['error', 'set-output', 'debug'].includes(name);
const parse = (line: string) => {
  const command = parseWorkflowCommand(line, known);
  return command && { ...command, properties: Object.fromEntries(command.properties) };
};

describe('parseWorkflowCommand', () => {
  test('reads name, properties and data, after leading white space', () => {
    expect(parse('  ::error file=a.ts,line=3, title=Oh no::It broke::twice')).toEqual({
      name: 'error',
      properties: { file: 'a.ts', line: '3', title: 'Oh no' },
      data: 'It broke::twice',
    });
  });

  test('reads the older form anywhere in a line', () => {
    expect(parse('x ##[set-output name=a;b=c%3Bd]e%5Df')).toEqual({
      name: 'set-output',
      properties: { name: 'a', b: 'c;d' },
      data: 'e]f',
    });
  });

  test('unescapes %25 last, and : and , in properties only', () => {
    expect(parse('::error title=a%3Ab%2Cc%253A::d%0Ae%250A%3A')).toEqual({
      name: 'error',
      properties: { title: 'a:b,c%3A' },
      data: 'd\ne%0A%3A',
    });
  });

  test.each(['::error', 'say ::error::x', '::unknown::x', '##[error', '##[unknown]x', 'std::vector::x', ''])(
    'leaves %j alone',
    (line) => {
      expect(parse(line)).toBeUndefined();
    },
  );
});
