import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createOutputPipes, type OutputPipes } from './output-pipes.ts';
import { type ProcessRequest, runProcess } from './run-process.ts';

let folder: string;
let pipes: OutputPipes;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'slipway-process-'));
  pipes = createOutputPipes(folder);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Collects what is written; pauses the reading for a moment after each piece where `slowly` is set. */
function collector({ slowly = false } = {}) {
  const pieces: Buffer[] = [];
  let ended = 0;
  return {
    output: {
      write(piece: Buffer) {
        pieces.push(piece);
        return slowly ? new Promise<void>((resolve) => setImmediate(resolve)) : undefined;
      },
      end() {
        ended += 1;
      },
    },
    text: () => Buffer.concat(pieces).toString(),
    pieces,
    ended: () => ended,
  };
}

function request(script: string, stdout = collector(), stderr = collector()): ProcessRequest {
  return {
    file: '/bin/sh',
    args: ['-c', script],
    directory: folder,
    env: { PATH: process.env.PATH ?? '' },
    pipes,
    stdout: stdout.output,
    stderr: stderr.output,
    cancel: new AbortController().signal,
    kill: new AbortController().signal,
  };
}

describe('runProcess', () => {
  test('reads stdout and stderr apart, to their end, and tells the exit code', async () => {
    const [stdout, stderr] = [collector(), collector()];
    const result = await runProcess(request('echo out; echo err >&2; printf open; exit 7', stdout, stderr));
    expect(result.exitCode).toBe(7);
    expect([stdout.text(), stderr.text()]).toEqual(['out\nopen', 'err\n']);
    expect([stdout.ended(), stderr.ended()]).toEqual([1, 1]);
  });

  test('a process that a signal ended has 128 more than its number', async () => {
    expect(await runProcess(request('kill -9 $$'))).toEqual({ exitCode: 137 });
  });

  test('hands over whole lines, and loses nothing to a receiver that is slow', async () => {
    const stdout = collector({ slowly: true });
    await runProcess(request('seq 1 300000', stdout));
    const expected = Array.from({ length: 300_000 }, (_, index) => `${index + 1}\n`).join('');
    expect(stdout.text() === expected).toBe(true);
    for (const piece of stdout.pieces) expect(piece.at(-1)).toBe(0x0a);
  });

  test('many at once do not share a pipe', async () => {
    const results = await Promise.all(
      Array.from({ length: 12 }, async (_, index) => {
        const stdout = collector();
        await runProcess(request(`echo ${index}; sleep 0.05; echo ${index}`, stdout));
        return stdout.text();
      }),
    );
    expect(results).toEqual(Array.from({ length: 12 }, (_, index) => `${index}\n${index}\n`));
  });

  test('a program or folder that does not exist is an error, and its pipes are free again', async () => {
    const output = collector();
    await expect(runProcess({ ...request('', output), file: '/nowhere' })).rejects.toMatchObject({
      code: 'ENOENT',
    });
    await expect(runProcess({ ...request('echo', output), directory: '/nowhere' })).rejects.toMatchObject({
      code: 'ENOENT',
    });
    expect(output.ended()).toBe(2);
    await runProcess(request('echo fine', output));
    expect(output.text()).toBe('fine\n');
  });
});
