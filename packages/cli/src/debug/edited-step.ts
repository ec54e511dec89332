import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { EditedStep, PauseDecision, PausedStep } from '@slipway/runner';
import type { ActionStep, Diagnostic, RunStep, Step } from '@slipway/workflow';
import { stepNames } from './step-names.ts';

/** What comes of taking the files as they are now. */
export type Renewal =
  | { kind: 'renewed'; decision: PauseDecision; notes: string[] }
  /** The file has errors, or the step is not in it any more. */
  | { kind: 'invalid'; problems: string[] };

/**
 * Copies edited sources into the workspace and reads the step's text again, so that it runs as the files have it now.
 * Of steps inside actions the runner reads the action again.
 */
export async function renewStep(paused: PausedStep, repositoryRoot: string): Promise<Renewal> {
  const reread = await rereadStep(paused, repositoryRoot);
  if (reread.problems.length > 0) return { kind: 'invalid', problems: reread.problems };
  const notes = refreshNotes(await paused.refreshSources());
  const { edited } = reread;
  if (edited === null) return { kind: 'renewed', decision: { kind: 'run' }, notes };
  const current = paused.frames[0]?.source;
  if (withoutPlaces(current) !== withoutPlaces(edited.step))
    notes.push('The step has been edited: running it as it is now.');
  return { kind: 'renewed', decision: { kind: 'run', edited }, notes };
}

/** For people: which files were copied. */
export function refreshNotes(paths: string[] | null): string[] {
  if (paths === null || paths.length === 0) return [];
  const named = paths.slice(0, 5).join(', ');
  const more = paths.length > 5 ? ` and ${paths.length - 5} more` : '';
  return [`Copied into the workspace what was edited since: ${named}${more}`];
}

interface Reread {
  /** null: the text is the runner's to read, or not on this machine. */
  edited: EditedStep | null;
  problems: string[];
}

async function rereadStep({ frames, jobId, workflowPath }: PausedStep, root: string): Promise<Reread> {
  const [frame] = frames;
  if (frame === undefined || frames.length > 1) return { edited: null, problems: [] };
  const content = readText(resolve(root, workflowPath));
  if (content === null) return { edited: null, problems: [] };
  const { readWorkflow } = await import('@slipway/workflow/reader');
  const { value, diagnostics } = readWorkflow({ path: workflowPath, content });
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  if (value === undefined || errors.length > 0) return { edited: null, problems: errors.map(problemText) };
  const job = value.jobs.find(({ id }) => id === jobId);
  const steps = job?.kind === 'job' ? job.steps : [];
  const place = findStep(steps, frame);
  const step = steps[place];
  if (step?.kind === 'run' || step?.kind === 'action') {
    return { edited: { step, following: steps.slice(place + 1) }, problems: [] };
  }
  return {
    edited: null,
    problems: [`${workflowPath} has no step '${frame.title}' in the job ${jobId} any more.`],
  };
}

/** By id; else by name or text, the nearest to where it was; else where it was. */
function findStep(steps: readonly Step[], frame: PausedStep['frames'][number]): number {
  const before = frame.place - 1;
  if (frame.id !== undefined) return steps.findIndex(({ id }) => id === frame.id);
  const names = new Set(stepNames(frame.source));
  const alike = steps
    .map((step, place) => ({ step, place }))
    .filter(({ step }) => stepNames(step).some((name) => names.has(name)))
    .toSorted((a, b) => Math.abs(a.place - before) - Math.abs(b.place - before));
  return alike[0]?.place ?? before;
}

function withoutPlaces(step: RunStep | ActionStep | undefined): string {
  return JSON.stringify(step, (key, value) => (key === 'at' || key.endsWith('At') ? undefined : value));
}

function problemText({ file, line, column, message }: Diagnostic): string {
  return `${file}:${line}:${column}: ${message}`;
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
