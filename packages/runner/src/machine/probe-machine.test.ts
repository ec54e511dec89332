import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Requirement, RequirementKind } from '@slipway/workflow/requirements';
import { describe, expect, onTestFinished, test } from 'vitest';
import { findOnPath } from './binaries.ts';
import { probeMachine } from './probe-machine.ts';
import { agrees } from './runtimes.ts';

let line = 0;

function need(kind: RequirementKind): Requirement {
  line += 1;
  return { ...kind, file: 'ci.yml', at: { line, column: 1 }, jobId: 'test' };
}

function probe(requirements: Requirement[], unservedLabel?: (label: string) => string | undefined) {
  const home = mkdtempSync(join(tmpdir(), 'slipway-machine-'));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  return probeMachine({
    requirements,
    slipwayHome: join(home, 'not', 'there', 'yet'),
    repositoryRoot: home,
    ...(unservedLabel && { unservedLabel }),
  });
}

describe('probeMachine', () => {
  test('looks at what Slipway itself needs, whatever the workflows', async () => {
    const findings = await probe([]);
    expect(findings.map(({ subject }) => subject)).toEqual(
      expect.arrayContaining(['operating system', 'node', 'git', expect.stringContaining('disk space of')]),
    );
    expect(findings.find(({ subject }) => subject === 'node')?.detail).toContain(process.version);
  });

  test('says of each thing once where it is needed', async () => {
    const first = need({ kind: 'shell', shell: 'sh' });
    const second = need({ kind: 'shell', shell: 'sh' });
    const finding = (await probe([first, second])).find(({ subject }) => subject === 'sh');
    expect(finding).toEqual({
      subject: 'sh',
      status: 'ok',
      detail: findOnPath('sh'),
      neededBy: [`ci.yml:${first.at.line}`, `ci.yml:${second.at.line}`],
    });
  });

  test('a shell that is missing is an error, a program only a warning, both with what to do', async () => {
    const findings = await probe([
      need({ kind: 'shell', shell: 'no-such-shell' }),
      need({ kind: 'program', program: 'no-such-program' }),
    ]);
    expect(findings.find(({ subject }) => subject === 'no-such-shell')).toMatchObject({
      status: 'missing',
      mend: 'Install no-such-shell.',
    });
    expect(findings.find(({ subject }) => subject === 'no-such-program')).toMatchObject({
      status: 'warning',
    });
  });

  test('an image that nothing here can serve is named with what to install', async () => {
    const path = process.env.PATH;
    process.env.PATH = '/nowhere';
    onTestFinished(() => {
      process.env.PATH = path;
    });
    const findings = await probe([need({ kind: 'service', service: 'cache', image: 'redis:7' })]);
    expect(findings.find(({ subject }) => subject === 'redis:7')).toMatchObject({
      status: 'missing',
      detail: expect.stringContaining('this machine has no Redis'),
      mend: expect.stringMatching(/^Install/),
      tool: 'redis',
    });
  });

  test('a label that nothing serves is told with the reason that is given', async () => {
    const findings = await probe([need({ kind: 'label', label: 'gpu' })], (label) => `no ${label} here`);
    expect(findings.find(({ subject }) => subject === 'runner gpu')).toMatchObject({
      status: 'missing',
      detail: 'no gpu here',
    });
  });

  test('a runtime of another version is a warning: its action downloads it', async () => {
    const findings = await probe([
      need({ kind: 'runtime', runtime: 'node', version: '1' }),
      need({ kind: 'runtime', runtime: 'node', version: 'lts/*' }),
    ]);
    expect(findings.find(({ subject }) => subject === 'node 1')).toMatchObject({ status: 'warning' });
    expect(findings.find(({ subject }) => subject === 'node lts/*')).toMatchObject({ status: 'ok' });
  });
});

test('versions are compared as far as they are written out', () => {
  expect(agrees('22.4.1', '22')).toBe(true);
  expect(agrees('22.4.1', '22.x')).toBe(true);
  expect(agrees('3.11.2', '3.11')).toBe(true);
  expect(agrees('3.11.2', '3.1')).toBe(false);
  expect(agrees('22.4.1', '20')).toBe(false);
  expect(agrees('22.4.1', '>=18')).toBe(true);
});
