import { describe, expect, test } from 'vitest';
import { runJob } from './job-fixture.ts';

const checkout = '- uses: actions/checkout@v4\n';
const matcher = (...problemMatcher: object[]) => JSON.stringify({ problemMatcher });

const gcc = matcher({
  owner: 'gcc',
  pattern: [
    {
      regexp: '^(.+?):(\\d+):(\\d+): (warning|error|notice): (.*) \\[(.*)\\]$',
      file: 1,
      line: 2,
      column: 3,
      severity: 4,
      message: 5,
      code: 6,
    },
  ],
});

const stylish = matcher({
  owner: 'eslint-stylish',
  pattern: [
    { regexp: '^([^\\s].*)$', file: 1 },
    {
      regexp: '^\\s+(\\d+):(\\d+)\\s+(error|warning)\\s+(.*)\\s\\s+(.*)$',
      line: 1,
      column: 2,
      severity: 3,
      message: 4,
      code: 5,
      loop: true,
    },
  ],
});

describe('problem matchers', () => {
  test('make annotations of lines, colours stripped, until they are removed', async () => {
    const report = await runJob(
      `${checkout}
- { name: Add, run: 'echo "::add-matcher::gcc.json"' }
- name: Compile
  run: |
    printf '\\033[31msrc/a.c:3:7: error: bad thing [E1]\\033[0m\\n'
    echo "src/gone.c:4:1: warning: no such file [W1]" >&2
    echo "unrelated"
- name: Removed
  run: |
    echo "::remove-matcher owner=GCC::"
    echo "src/a.c:3:7: error: not seen [E1]"
`,
      { files: { 'gcc.json': gcc, 'src/a.c': '' } },
    );
    expect(report.annotations('Compile')).toEqual(
      expect.arrayContaining([
        { level: 'error', message: 'bad thing', file: 'src/a.c', line: 3, column: 7 },
        { level: 'warning', message: 'no such file', line: 4, column: 1 },
      ]),
    );
    expect(report.log('Compile')).toContain('##[error]src/a.c:3:7: error: bad thing [E1]\n');
    expect(report.log('Compile')).toContain('\nunrelated\n');
    expect(report.annotations('Removed')).toEqual([]);
    expect(report.result('Compile')).toBe('success');
  });

  test('follow several lines, the last pattern repeated', async () => {
    const report = await runJob(
      `${checkout}
- name: Lint
  run: |
    echo "::add-matcher::stylish.json"
    cat output.txt
`,
      {
        files: {
          'stylish.json': stylish,
          'src/a.js': '',
          'src/b.js': '',
          'output.txt': [
            'src/a.js',
            "  1:2   error    'x' is unused  no-unused",
            '  3:4   warning  Missing semi  semi',
            '',
            'src/b.js',
            '  5:6   error    Bad  bad',
            '',
            '  7:8   error    Belongs to no file  x',
            '',
          ].join('\n'),
        },
      },
    );
    expect(report.annotations('Lint')).toEqual([
      { level: 'error', message: "'x' is unused", file: 'src/a.js', line: 1, column: 2 },
      { level: 'warning', message: 'Missing semi', file: 'src/a.js', line: 3, column: 4 },
      { level: 'error', message: 'Bad', file: 'src/b.js', line: 5, column: 6 },
    ]);
  });

  test('take severity and fromPath from the matcher where the line names none', async () => {
    const report = await runJob(
      `${checkout}- { name: Build, run: 'echo "::add-matcher::m.json"; echo "x.cs(4): oh no"' }\n`,
      {
        files: {
          'src/x.cs': '',
          'm.json': matcher({
            owner: 'build',
            severity: 'notice',
            fromPath: 'src/app.csproj',
            pattern: [{ regexp: '^(\\S+)\\((\\d+)\\): (.*)$', file: 1, line: 2, message: 3 }],
          }),
        },
      },
    );
    expect(report.annotations('Build')).toEqual([
      { level: 'notice', message: 'oh no', file: 'src/x.cs', line: 4 },
    ]);
  });

  test('whose expression takes longer than a second are removed after three strikes', {
    timeout: 60_000,
  }, async () => {
    const report = await runJob(
      `${checkout}
- name: Slow
  run: |
    echo "::add-matcher::slow.json"
    echo "::add-matcher::gcc.json"
    echo "${'a'.repeat(60)}b"
    echo "README.md:1:1: error: still seen [E]"
`,
      {
        files: {
          'gcc.json': gcc,
          'slow.json': matcher({ owner: 'slow', pattern: [{ regexp: '^(a+)+$', message: 1 }] }),
        },
      },
    );
    expect(report.annotations('Slow')).toEqual([
      { level: 'warning', message: expect.stringContaining("Removing issue matcher 'slow'") },
      { level: 'error', message: 'still seen', file: 'README.md', line: 1, column: 1 },
    ]);
    expect(report.log('Slow')).toContain(`${'a'.repeat(60)}b\n`);
  });

  test.each([
    ['no pattern', matcher({ owner: 'x', pattern: [] }), 'does not contain any patterns'],
    ['no owner', matcher({ pattern: [{ regexp: 'a', message: 0 }] }), 'Owner must not be empty'],
    ['no message', matcher({ owner: 'x', pattern: [{ regexp: '(a)', file: 1 }] }), "must set 'message'"],
    [
      'a group out of range',
      matcher({ owner: 'x', pattern: [{ regexp: '(a)', message: 2 }] }),
      'out of range',
    ],
    ['no JSON', '{', 'JSON'],
  ])('with %s fail the step that adds them', async (_, file, message) => {
    const report = await runJob(`${checkout}- { name: Add, run: 'echo "::add-matcher::m.json"' }\n`, {
      files: { 'm.json': file },
    });
    expect(report.result('Add')).toBe('failure');
    expect(report.annotations('Add')[1]?.message).toContain(message);
  });
});
