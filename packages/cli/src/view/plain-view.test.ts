import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunEvent } from '@slipway/contracts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RunJournal } from '../journal/run-journal.ts';
import type { Output } from './output.ts';
import { plainView } from './plain-view.ts';
import { addToPicture, emptyPicture } from './run-picture.ts';
import { RunRecording } from './run-recording.fixture.ts';
import { plainStyle } from './style.ts';

/** A reader that takes what it is given, or is behind until `drain`. */
class Reader implements Output {
  text = '';
  isBehind = false;
  mostBytes = 0;
  #listeners: (() => void)[] = [];

  write(content: string | Uint8Array): void {
    const bytes = Buffer.from(content as Uint8Array);
    this.mostBytes = Math.max(this.mostBytes, bytes.length);
    this.text += bytes.toString();
  }

  onDrain(listener: () => void): void {
    this.#listeners.push(listener);
  }

  drain(): void {
    this.isBehind = false;
    for (const listener of this.#listeners) listener();
  }

  async flushed(): Promise<void> {}
}

describe('the plain view', () => {
  let directory: string;
  let journal: RunJournal;
  let reader: Reader;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'slipway-plain-'));
    journal = new RunJournal(directory);
    reader = new Reader();
  });

  afterEach(() => {
    journal.close();
    rmSync(directory, { recursive: true, force: true });
  });

  function watch() {
    const picture = emptyPicture();
    const view = plainView({
      output: reader,
      picture,
      style: plainStyle,
      logOf: (_, jobKey) => journal.log(jobKey),
    });
    const listener = (event: RunEvent): void => {
      journal.add(event);
      addToPicture(picture, event);
      view.show(event);
    };
    return { run: new RunRecording('1', listener), finish: () => view.finish(picture, 'success') };
  }

  it('passes the log of the only running job on as it comes', () => {
    const { run } = watch();
    run.plan('build');
    run.start('build');
    run.step('build', { step: 1, name: 'Run make' });
    run.log('build', 1, 'compiling\n');
    expect(reader.text).toBe('== CI / build\n── Run make\ncompiling\n');
  });

  it('never mixes the lines of jobs that run at once', async () => {
    const { run, finish } = watch();
    for (const job of ['a', 'b', 'c']) {
      run.plan(job);
      run.start(job);
      run.step(job, { step: 1, name: `step of ${job}` });
    }
    for (let line = 0; line < 3; line += 1) {
      for (const job of ['a', 'b', 'c']) run.log(job, 1, `${job}${line}\n`);
    }
    for (const job of ['c', 'a', 'b']) {
      run.endStep(job, 1, 'success');
      run.conclude(job, 'success');
    }
    run.finish('success');
    await finish();
    const blocks = [...reader.text.matchAll(/^== CI \/ (\w)\n── step of \1\n((?:\1\d\n)+)== success/gm)];
    expect(blocks.map(([, job, lines]) => `${job}:${lines?.replaceAll('\n', ' ')}`)).toEqual([
      'a:a0 a1 a2 ',
      'c:c0 c1 c2 ',
      'b:b0 b1 b2 ',
    ]);
  });

  it('keeps a log of which the reader takes nothing in a file, and prints all of it later', async () => {
    const { run, finish } = watch();
    run.plan('big');
    run.start('big');
    run.step('big', { step: 1, name: 'print' });
    reader.isBehind = true;
    const chunk = `${'x'.repeat(999)}\n`.repeat(60);
    for (let count = 0; count < 50; count += 1) run.log('big', 1, chunk);
    run.endStep('big', 1, 'success');
    run.conclude('big', 'success');
    expect(reader.text).toBe('== CI / big\n');
    reader.drain();
    run.finish('success');
    await finish();
    expect(reader.text.match(/x{999}\n/g)).toHaveLength(3000);
    expect(reader.mostBytes).toBeLessThanOrEqual(64 * 1024);
  });

  it('says why a job was skipped and which step failed', async () => {
    const { run, finish } = watch();
    run.plan('test');
    run.plan('deploy');
    run.start('test');
    run.step('test', { step: 1, name: 'Run npm test' });
    run.log('test', 1, 'boom\n');
    run.endStep('test', 1, 'failure');
    run.conclude('test', 'failure');
    run.conclude('deploy', 'skipped', 'test failed');
    run.finish('failure');
    await finish();
    expect(reader.text).toContain('── failure: Run npm test (1.0s)\n');
    expect(reader.text).toContain('== CI / deploy\n== skipped: test failed\n');
    expect(reader.text).toMatch(/✗ CI failure in 3\.0s\n {2}✗ test.*\n {4}failed: Run npm test/);
  });

  it('repeats the end of a failing log that others have pushed up, and not of the one right above', async () => {
    const { run, finish } = watch();
    for (const job of ['first', 'second']) {
      run.plan(job);
      run.start(job);
      run.step(job, { step: 1, name: 'Run make' });
      for (let line = 1; line <= 12; line += 1) run.log(job, 1, `${job} ${line}\n`);
      run.endStep(job, 1, 'failure');
      run.conclude(job, 'failure');
    }
    run.plan('deploy');
    run.conclude('deploy', 'skipped', 'first failed');
    run.finish('failure');
    await finish();
    const summary = reader.text.slice(reader.text.indexOf('✗ CI failure'));
    expect(summary.match(/│ .*/g)).toEqual(
      [3, 4, 5, 6, 7, 8, 9, 10, 11, 12].map((line) => `│ first ${line}`),
    );
  });

  it('takes control sequences out of what it prints and leaves them in the kept log', () => {
    const { run } = watch();
    run.plan('a');
    run.start('a');
    run.step('a', { step: 1, name: 'x' });
    run.log('a', 1, '\x1b]8;;javascript:1\x07link\x1b]8;;\x07\x1b[2J\n');
    expect(reader.text).toBe('== CI / a\n── x\nlink\n');
    expect(readFileSync(join(directory, 'a.log'), 'utf8')).toContain('\x1b[2J');
  });
});
