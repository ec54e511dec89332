import { describe, expect, it } from 'vitest';
import type { LiteralTemplate } from '../model/template.ts';
import type { InputDefinition, Workflow } from '../model/workflow.ts';
import { resolveDispatchInputs, withDispatchInputs } from './dispatch-inputs.ts';

const at = { line: 4, column: 7 };
const literal = (value: LiteralTemplate['value']): LiteralTemplate => ({ kind: 'literal', value, at });
const input = (definition: Partial<InputDefinition>): InputDefinition => ({
  type: 'string',
  required: false,
  at,
  ...definition,
});

function dispatchable(inputs?: Record<string, InputDefinition>): Workflow {
  const trigger = { at: { line: 2, column: 3 }, ...(inputs === undefined ? {} : { inputs }) };
  return { path: '.github/workflows/deploy.yml', on: { workflow_dispatch: trigger }, jobs: [] };
}

const deploy = dispatchable({
  environment: input({ type: 'environment', required: true }),
  logLevel: input({ type: 'choice', options: ['info', 'debug'], default: literal('info') }),
  dryRun: input({ type: 'boolean' }),
  replicas: input({ type: 'number', default: literal(2) }),
  note: input({}),
});

describe('inputs of a dispatch', () => {
  it('are typed in the inputs context, and text in the event', () => {
    const given = { environment: 'staging', LOGLEVEL: 'debug', dryRun: 'True', replicas: '3', note: 'hi' };
    expect(resolveDispatchInputs({ workflow: deploy, given })).toEqual({
      value: {
        inputs: { environment: 'staging', logLevel: 'debug', dryRun: true, replicas: 3, note: 'hi' },
        eventInputs: { environment: 'staging', logLevel: 'debug', dryRun: 'true', replicas: '3', note: 'hi' },
      },
      diagnostics: [],
    });
  });

  it('have their defaults, or else are false, 0 or empty', () => {
    const workflow = dispatchable({
      text: input({}),
      flag: input({ type: 'boolean', required: true }),
      on: input({ type: 'boolean', default: literal(true) }),
      count: input({ type: 'number' }),
      size: input({ type: 'number', default: literal(1.5) }),
      pick: input({ type: 'choice', options: ['a'] }),
    });
    expect(resolveDispatchInputs({ workflow, given: {} }).value).toEqual({
      inputs: { text: '', flag: false, on: true, count: 0, size: 1.5, pick: '' },
      eventInputs: { text: '', flag: 'false', on: 'true', count: '0', size: '1.5', pick: '' },
    });
  });

  it('may be none', () => {
    expect(resolveDispatchInputs({ workflow: dispatchable(), given: {} }).value).toEqual({
      inputs: {},
      eventInputs: {},
    });
  });

  it.each<[string, Record<string, string>, string, string, string]>([
    [
      'unknown',
      { environment: 'x', enviroment: 'y' },
      'unknown-input',
      "has no input 'enviroment'",
      "Did you mean 'environment'?",
    ],
    [
      'not like any',
      { environment: 'x', zzz: 'y' },
      'unknown-input',
      "has no input 'zzz'",
      'Use one of environment, logLevel, ',
    ],
    [
      'required and missing',
      {},
      'missing-input',
      "The input 'environment' is required",
      'Give it: --input environment=VALUE.',
    ],
    ['required and empty', { environment: '' }, 'missing-input', 'is required', 'Give it'],
    [
      'no choice',
      { environment: 'x', logLevel: 'loud' },
      'invalid-input',
      "takes info or debug, not 'loud'",
      'Give info or debug.',
    ],
    [
      'no boolean',
      { environment: 'x', dryRun: 'yes' },
      'invalid-input',
      "takes true or false, not 'yes'",
      'Give true or false.',
    ],
    [
      'no number',
      { environment: 'x', replicas: 'two' },
      'invalid-input',
      "takes a number, not 'two'",
      'Give a number.',
    ],
  ])('that are %s are refused with what to do', (_what, given, code, message, mend) => {
    const { value, diagnostics } = resolveDispatchInputs({ workflow: deploy, given });
    expect(value).toBeUndefined();
    expect(diagnostics).toHaveLength(1);
    expect(diagnostics[0]).toMatchObject({ file: '.github/workflows/deploy.yml', severity: 'error', code });
    expect(diagnostics[0]!.message).toContain(message);
    expect(diagnostics[0]!.mend).toContain(mend);
    expect(diagnostics[0]!.line).toBe(code === 'unknown-input' ? 2 : 4);
  });

  it('name an environment that exists, where that is known', () => {
    const environments = ['staging', 'production'];
    expect(
      resolveDispatchInputs({ workflow: deploy, given: { environment: 'Staging' }, environments }).value,
    ).toBeDefined();
    const refused = resolveDispatchInputs({
      workflow: deploy,
      given: { environment: 'stage' },
      environments,
    });
    expect(refused.diagnostics[0]!.message).toContain("takes staging or production, not 'stage'");
  });

  it('are all checked at once', () => {
    const given = { nope: '1', dryRun: 'x', replicas: 'y' };
    const codes = resolveDispatchInputs({ workflow: deploy, given }).diagnostics.map(({ code }) => code);
    expect(codes).toEqual(['unknown-input', 'missing-input', 'invalid-input', 'invalid-input']);
  });

  it('come with the event that a workflow sees', () => {
    const event = {
      name: 'workflow_dispatch',
      ref: 'refs/heads/main',
      sha: 'a',
      payload: { ref: 'refs/heads/main' },
    };
    const inputs = { inputs: { n: 1 }, eventInputs: { n: '1' } };
    expect(withDispatchInputs(event, 'w.yml', inputs).payload).toEqual({
      ref: 'refs/heads/main',
      inputs: { n: '1' },
      workflow: 'w.yml',
    });
    expect(event.payload).toEqual({ ref: 'refs/heads/main' });
  });
});
