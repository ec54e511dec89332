import type { StepAnnotation } from '@slipway/contracts';
import type { Masker } from '../output/masker.ts';
import { createStepLog, type EmitJobEvent, type StepLog } from '../output/step-log.ts';
import { explainError } from './step-error.ts';

export type Annotation = Omit<StepAnnotation, 'kind' | 'step'>;

/** Where a step's log, annotations and summaries go. The steps inside a composite action share that of the action. */
export interface StepReport {
  readonly log: StepLog;
  /** Shown in the log too: as `shownAs`, else as its message. */
  annotate(annotation: Annotation, shownAs?: string): void;
  /** With the mend of errors that have one. */
  error(problem: unknown): void;
  warning(message: string): void;
  /** Shown only where debugging was asked for. */
  debug(message: string): void;
  summary(markdown: string): void;
}

/** More are in the log only. */
const mostOfALevel = 10;
const longestMessage = 4096;

export interface StepReportOptions {
  step: number;
  masker: Masker;
  emit: EmitJobEvent;
  debug: boolean;
}

/** @see https://github.com/actions/runner/blob/main/src/Runner.Worker/ExecutionContext.cs (AddIssue) */
export function createStepReport({ step, masker, emit, debug }: StepReportOptions): StepReport {
  const log = createStepLog({ step, masker, emit });
  const counts = { error: 0, warning: 0, notice: 0 };

  function annotate(annotation: Annotation, shownAs = annotation.message): void {
    if (shownAs !== '') log.line(`##[${annotation.level}]${shownAs}`);
    if (counts[annotation.level]++ >= mostOfALevel) return;
    log.flush();
    emit({ kind: 'step.annotation', step, ...maskAnnotation(annotation, masker) });
  }

  return {
    log,
    annotate,
    error: (problem) => annotate({ level: 'error', message: explainError(problem) }),
    warning: (message) => annotate({ level: 'warning', message }),
    debug(message) {
      if (!debug) return;
      for (const line of message.split(/\r?\n/)) log.line(`##[debug]${line}`);
    },
    summary(markdown) {
      log.flush();
      emit({ kind: 'step.summary', step, markdown: masker.maskText(markdown) });
    },
  };
}

function maskAnnotation(annotation: Annotation, masker: Masker): Annotation {
  return {
    ...annotation,
    message: masker.maskText(annotation.message).slice(0, longestMessage),
    ...(annotation.title === undefined ? {} : { title: masker.maskText(annotation.title) }),
    ...(annotation.file === undefined ? {} : { file: masker.maskText(annotation.file) }),
  };
}
