import type { RunEvent } from '@slipway/contracts';
import type { Workflow } from '@slipway/workflow';
import { type EventPlan, planEvent } from '@slipway/workflow/plan';
import { readWorkflow } from '@slipway/workflow/reader';
import { type DriveOptions, driveRuns } from './index.ts';
import { createScriptedRunner, type Script, type ScriptedRunner } from './scripted-runner.ts';

/** Plans a push. @param files by name in `.github/workflows`; those whose name begins with `called` are not started. */
export function planOf(files: Record<string, string>): EventPlan {
  const read = new Map(
    Object.entries(files).map(([name, content]) => [`./.github/workflows/${name}`, parse(name, content)]),
  );
  const started = [...read].filter(([path]) => !path.includes('/called'));
  const { value, diagnostics } = planEvent({
    runs: started.map(([, workflow], index) => ({ workflow, runId: `run-${index + 1}`, runNumber: 7 })),
    event: 'push',
    github: { event_name: 'push', repository: 'octo/tasks', ref: 'refs/heads/main', sha: 'abc' },
    vars: { REGION: 'north' },
    load: (uses) => read.get(uses),
  });
  if (!value) throw new Error(JSON.stringify(diagnostics));
  return value;
}

function parse(name: string, content: string): Workflow {
  const { value, diagnostics } = readWorkflow({ path: `.github/workflows/${name}`, content });
  if (!value) throw new Error(JSON.stringify(diagnostics));
  return value;
}

export interface Driven {
  runner: ScriptedRunner;
  events: RunEvent[];
  runs: ReturnType<typeof driveRuns>;
}

export function drive(plan: EventPlan, script?: Script, options: Partial<DriveOptions> = {}): Driven {
  const runner = createScriptedRunner(script);
  const events: RunEvent[] = [];
  let clock = 0;
  const runs = driveRuns({
    plan,
    runner,
    secrets: {},
    maxParallel: 10,
    emit: (event) => events.push(event),
    now: () => clock++,
    ...options,
  });
  return { runner, events, runs };
}

/** In the order of their starts. */
export const keysOf = ({ started }: ScriptedRunner): string[] => started.map(({ request }) => request.jobKey);

/** A job as YAML; `more` are lines of further keys. */
export function job(id: string, more = ''): string {
  const lines = more.split('\n').map((line) => `    ${line}\n`);
  return `  ${id}:\n    runs-on: ubuntu-latest\n${more === '' ? '' : lines.join('')}    steps:\n      - run: echo\n`;
}

/** A workflow that can be called. */
export const deploy = `on:
  workflow_call:
    inputs:
      stage: { type: string, required: true }
      replicas: { type: number, default: 2 }
    secrets:
      KEY: { required: false }
    outputs:
      url: { value: "https://\${{ jobs.push.outputs.host }}/\${{ inputs.stage }}" }
permissions: { contents: read, id-token: write, packages: write }
env: { CALLED: yes }
defaults: { run: { shell: sh } }
jobs:
  push:
    runs-on: \${{ inputs.stage }}
    environment: { name: "\${{ inputs.stage }}", url: https://x }
    defaults: { run: { working-directory: app } }
    steps:
      - run: echo
`;
