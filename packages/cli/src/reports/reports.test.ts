import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type RecordedRun, readRecordedRun, readStepLog } from '../history/recorded-run.ts';
import { RunJournal } from '../journal/run-journal.ts';
import { RunRecording } from '../view/run-recording.fixture.ts';
import { annotationsSarif } from './annotations-sarif.ts';
import { htmlReport } from './html.ts';
import { jobColumns } from './job-columns.ts';
import { junitReport } from './junit.ts';
import { terminalMarkdown } from './terminal-markdown.ts';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(path.join(os.tmpdir(), 'slipway-report-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

test('a journal gives back the run: jobs, steps, conclusions and each step’s part of the log', () => {
  const run = record();
  expect(run).toMatchObject({ workflowName: 'CI', result: { conclusion: 'failure' } });
  expect(run.jobs.map(({ name, result }) => [name, result?.conclusion])).toEqual([
    ['build', 'success'],
    ['test <2>', 'failure'],
    ['deploy', 'skipped'],
  ]);
  const [build] = run.jobs;
  expect(build?.steps.map((step) => readStepLog(run, { jobKey: 'build', log: step.log }))).toEqual([
    expect.stringContaining('compiled 7 files\n'),
    expect.not.stringContaining('compiled'),
  ]);
});

test('a journal cut in the middle of a line is read up to there', async () => {
  const { events } = recording();
  const journal = new RunJournal(directory);
  for (const event of events.slice(0, 4)) journal.add(event);
  journal.close();
  const { appendFileSync } = await import('node:fs');
  appendFileSync(path.join(directory, 'events.ndjson'), '{"kind":"run.fin');
  expect(readRecordedRun(directory)).toMatchObject({ workflowName: 'CI', result: null });
});

test('the JUnit report has a suite for each job, failures with their log, and is well-formed', () => {
  const xml = junitReport([record()]);
  expect(xml).toContain('<testsuite name="CI / test &lt;2&gt;" tests="1" failures="1"');
  expect(xml).toContain('assert 1 &lt; 0 &amp; "x"');
  expect(xml).toMatch(/<testsuite name="CI \/ deploy"[^>]*skipped="1"/);
  expect(xml).not.toMatch(/[\x00-\x08\x0b\x0c\x0e-\x1f]/);
  const opened = [...xml.matchAll(/<(testsuites|testsuite|testcase|failure|skipped)\b[^>]*?(\/?)>/g)];
  const closed = [...xml.matchAll(/<\/(testsuites|testsuite|testcase|failure|skipped)>/g)];
  expect(opened.filter(([, , empty]) => empty === '')).toHaveLength(closed.length);
});

test('annotations become SARIF results with their places', () => {
  const sarif = annotationsSarif([record()], '1.0.0');
  expect(sarif).toMatchObject({
    version: '2.1.0',
    runs: [
      {
        results: [
          {
            level: 'error',
            message: { text: 'wrong <b>' },
            locations: [
              { physicalLocation: { artifactLocation: { uri: 'src/a%20b.ts' }, region: { startLine: 3 } } },
            ],
          },
        ],
      },
    ],
  });
});

test('the HTML report shows logs, names and summaries as text: nothing in them can run', () => {
  const html = htmlReport([record()]);
  expect(html).toContain('compiled 7 files');
  expect(html).toContain('assert 1 &lt; 0');
  expect(html).toContain('<table>');
  expect(html).toContain('wrong &lt;b&gt;');
  expect(html).not.toContain('<img');
  expect(html).not.toContain('href="javascript:');
  expect([...html.matchAll(/<script/g)]).toHaveLength(1);
});

test('jobs stand right of everything they need', () => {
  const jobs = [
    { id: 'a', needs: [] },
    { id: 'd', needs: ['b', 'a'] },
    { id: 'b', needs: ['a'] },
    { id: 'c', needs: ['elsewhere'] },
  ];
  expect(jobColumns(jobs).map((column) => column.map(({ id }) => id))).toEqual([['a', 'c'], ['b'], ['d']]);
});

test('a summary reads well on a terminal and brings no control sequences of its own', () => {
  const text = terminalMarkdown('# Title\n\n| a | b |\n|---|---|\n| 1 | \x1b]8;;javascript:x\x07link |\n', {
    columns: 80,
  });
  expect(text).toContain('Title');
  expect(text).not.toContain('\x1b]8');
});

function record(): RecordedRun {
  const journal = new RunJournal(directory);
  for (const event of recording().events) journal.add(event);
  journal.close();
  const run = readRecordedRun(directory);
  if (run === null) throw new Error('the journal holds no run');
  return run;
}

function recording(): RunRecording {
  const run = new RunRecording('run-1');
  run.plan('build');
  run.plan('test', 'test <2>');
  run.plan('deploy');
  run.start('build');
  run.step('build', { step: 1, name: 'Compile' });
  run.log('build', 1, 'compiled 7 files\n');
  run.endStep('build', 1, 'success');
  run.step('build', { step: 2, name: 'Pack' });
  run.endStep('build', 2, 'success');
  run.conclude('build', 'success');
  run.start('test');
  run.step('test', { step: 1, name: 'Run & see' });
  run.log('test', 1, '\x1b[31massert 1 < 0 & "x"\x1b[0m\x00\n<img src=x onerror=alert(1)>\n');
  run.report('test', {
    kind: 'step.annotation',
    step: 1,
    level: 'error',
    message: 'wrong <b>',
    file: 'src/a b.ts',
    line: 3,
  });
  run.report('test', {
    kind: 'step.summary',
    step: 1,
    markdown: '| a |\n|---|\n| 1 |\n\n<img src=x> [x](javascript:alert(1)) <script>alert(1)</script>\n',
  });
  run.endStep('test', 1, 'failure');
  run.conclude('test', 'failure');
  run.conclude('deploy', 'skipped', 'needs test');
  run.finish('failure');
  return run;
}
