import {
  ExpressionError,
  evaluateBoolean,
  evaluateCondition,
  evaluateNumber,
  evaluateTemplate,
} from '../expressions/index.ts';
import type { Contexts, EvaluationScope, StatusFunctions, Value } from '../expressions/value.ts';
import type { Job } from '../model/workflow.ts';
import { legName, nestedName, plainName } from './job-name.ts';
import type { JobOpening, LegPlan, LegsOpening } from './job-opening.ts';
import { evaluateWork } from './leg-work.ts';
import { expandMatrix, type MatrixLeg } from './matrix.ts';
import { choiceText, chooseLegs, type MatrixChoice } from './matrix-choice.ts';
import type { JobGraph, PlannedJob } from './run-plan.ts';
import { strategyContext } from './strategy-context.ts';
import { whySkipped } from './why-skipped.ts';

/** What is known when a job's needs are concluded. */
export interface JobSituation {
  planned: PlannedJob;
  graphs: JobGraph[];
  /** The name of the leg that calls the job's workflow. */
  caller?: string | undefined;
  contexts: Record<'github' | 'inputs' | 'vars' | 'needs', Record<string, Value>>;
  status: StatusFunctions;
  /** Which legs of its matrix take part; absent: all. */
  matrixChoice?: readonly MatrixChoice[] | undefined;
}

/**
 * Evaluates what decides whether and how a job starts: `if`, then the matrix, then each leg's name, labels, groups,
 * time-out, environment or inputs. A mistake in an expression is part of the result.
 */
export function openJob(situation: JobSituation): JobOpening {
  const { contexts, status } = situation;
  const { job } = situation.planned;
  try {
    if (!evaluateCondition(job.if, { contexts, status })) {
      return { kind: 'skipped', reason: whySkipped(job, contexts.needs, status) };
    }
    const strategy = evaluateStrategy(job, { contexts });
    if (typeof strategy === 'string') return { kind: 'invalid', reason: strategy };
    const { failFast, maxParallel } = strategy;
    const chosen = chosenLegs(strategy.legs, situation.matrixChoice ?? []);
    if (chosen.length === 0) return { kind: 'skipped', reason: noneChosen(situation) };
    return {
      kind: 'legs',
      failFast,
      maxParallel,
      survivesCancel: evaluateCondition(job.if, { contexts, status: stoppedStatus }),
      legs: chosen.map(({ leg, position }) => ({
        ...openLeg(situation, leg, legContexts(situation, strategy, position)),
        ...(chosen.length < strategy.legs.length && { place: { position, total: strategy.legs.length } }),
      })),
    };
  } catch (error) {
    return { kind: 'invalid', reason: mistakeOf(error) };
  }
}

/** What the status functions say in a run that is being cancelled. */
const stoppedStatus: StatusFunctions = { success: false, failure: false, cancelled: true };

interface Strategy extends Pick<LegsOpening, 'failFast' | 'maxParallel'> {
  /** A job without a matrix has one leg without values. */
  legs: (MatrixLeg | null)[];
}

/** The strategy, or what is wrong with its matrix. */
function evaluateStrategy({ strategy }: Job, scope: EvaluationScope): Strategy | string {
  const failFast = strategy?.failFast ? evaluateBoolean(strategy.failFast, scope) : true;
  const limit = strategy?.maxParallel ? Math.trunc(evaluateNumber(strategy.maxParallel, scope)) : 0;
  const shared = { failFast, maxParallel: limit > 0 ? limit : null };
  if (!strategy?.matrix) return { ...shared, legs: [null] };
  const expansion = expandMatrix(evaluateTemplate(strategy.matrix, scope));
  if (expansion.kind === 'invalid') return expansion.reason;
  return { ...shared, legs: expansion.legs.length === 0 ? [null] : expansion.legs };
}

function chosenLegs(
  legs: Strategy['legs'],
  choices: readonly MatrixChoice[],
): { leg: MatrixLeg | null; position: number }[] {
  const own = legs.filter((leg) => leg !== null);
  return own.length === 0 ? [{ leg: null, position: 0 }] : chooseLegs(own, choices);
}

function noneChosen({ matrixChoice = [] }: JobSituation): string {
  return `no leg of its matrix has ${choiceText(matrixChoice)}`;
}

function legContexts(
  { contexts }: JobSituation,
  { failFast, maxParallel, legs }: Strategy,
  position: number,
): Contexts {
  const leg = legs[position];
  const place = { failFast, maxParallel, position, total: legs.length, matrix: leg !== null };
  return { ...contexts, matrix: leg?.values ?? null, strategy: strategyContext(place) };
}

function openLeg(
  { planned, graphs, caller }: JobSituation,
  leg: MatrixLeg | null,
  contexts: Contexts,
): LegPlan {
  const { job } = planned;
  const scope = { contexts };
  const shown = leg?.shown ?? [];
  const matrix = leg?.values ?? null;
  try {
    const tolerant = job.kind === 'job' && job.continueOnError;
    return {
      name: nestedName(caller, legName(job, shown, scope)),
      matrix,
      continueOnError: tolerant ? evaluateBoolean(tolerant, scope) : false,
      ...evaluateWork(planned, graphs, scope),
    };
  } catch (error) {
    const name = nestedName(caller, legName(withoutExpression(job), shown, scope));
    const work = { kind: 'invalid', reason: mistakeOf(error) } as const;
    return { name, matrix, continueOnError: false, groups: [], work };
  }
}

/** Its `name` may be the very expression that fails. */
function withoutExpression(job: Job): Job {
  return { ...job, name: { kind: 'literal', value: plainName(job), at: job.at } };
}

/** @throws what is not the author's mistake. */
function mistakeOf(error: unknown): string {
  if (error instanceof ExpressionError) return error.message;
  throw error;
}
