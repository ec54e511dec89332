import type { Value } from '../expressions/value.ts';
import { nestedName, plainName } from '../plan/job-name.ts';
import type { LegPlan } from '../plan/job-opening.ts';
import { openJob } from '../plan/open-job.ts';
import type { EventPlan, JobGraph, PlannedJob, RunPlan } from '../plan/run-plan.ts';
import { type Conclusion, combine, extendLineage } from '../run/conclusion.ts';
import type { JobForecast, LegForecast, LegsForecast, RunForecast, Verdict } from './forecast.ts';
import { contextOf, judgeCondition, type NeedOutlook, type Outlook } from './judge-condition.ts';
import { knownPartOf } from './known-job.ts';
import { type UnknownValues, unknownsOf } from './unknown-values.ts';

/** What a planned event would do if every job that runs succeeded; what depends on outputs is said to depend on them. */
export function forecastEvent(plan: EventPlan): RunForecast[] {
  const scopes: Scope[] = [];
  for (const run of plan.runs) scopes.push(rootScope(run, scopes));
  return plan.runs.map((run, index): RunForecast => {
    const { runId, workflowPath: workflow, workflowName, name, groups } = run;
    const scope = scopes[index] as Scope;
    return {
      runId,
      workflow,
      workflowName,
      name,
      groups,
      jobs: settleAll(scope).flatMap(({ entries }) => entries),
    };
  });
}

/** The jobs of a workflow or of a call, with what is known when they start. */
interface Scope {
  run: RunPlan;
  graph: JobGraph;
  /** Name of the calling leg. */
  caller: string | undefined;
  idPrefix: string;
  inputs: Record<string, Value>;
  unknownInputs: UnknownValues['inputs'];
  /** By position in the graph; found out when first asked for. */
  settled: (Settled | undefined)[];
  /** The scopes of all runs of the event. */
  siblings: Scope[];
}

/** What is foretold of a job, and everything that is to be shown of it. */
interface Settled {
  outlook: NeedOutlook;
  entries: JobForecast[];
}

function rootScope(run: RunPlan, siblings: Scope[]): Scope {
  return {
    run,
    graph: run.graphs[0] as JobGraph,
    caller: undefined,
    idPrefix: '',
    inputs: run.contexts.inputs,
    unknownInputs: new Map(),
    settled: [],
    siblings,
  };
}

function settleAll(scope: Scope): Settled[] {
  return [...scope.graph.jobs.keys()].map((position) => settle(scope, position));
}

function settle(scope: Scope, position: number): Settled {
  const known = scope.settled[position];
  if (known) return known;
  const planned = scope.graph.jobs[position] as PlannedJob;
  const settled = forecastJob(scope, planned, outlooksOfNeeds(scope, planned));
  scope.settled[position] = settled;
  return settled;
}

function outlooksOfNeeds(scope: Scope, { needs, foreign }: PlannedJob): NeedOutlook[] {
  const own = needs.map((need) => settle(scope, need).outlook);
  const others = foreign.map((position): NeedOutlook => {
    const need = scope.run.foreign[position];
    const sibling = need?.kind === 'sibling' ? scope.siblings[need.run] : undefined;
    if (need?.kind !== 'sibling' || !sibling) {
      const id = need?.id ?? '';
      const place = need?.kind === 'not-started' ? ` (${need.path}, not started)` : '';
      return { id, shown: id + place, conclusion: 'skipped', lineage: 'mixed', certain: true };
    }
    const { outlook } = settle(sibling, need.job);
    return { ...outlook, shown: `${need.id} (${sibling.run.workflowPath})` };
  });
  return [...own, ...others];
}

function forecastJob(scope: Scope, planned: PlannedJob, needs: NeedOutlook[]): Settled {
  const { job } = planned;
  const id = scope.idPrefix + job.id;
  const contexts = { ...scope.run.contexts, inputs: scope.inputs };
  const unknown: UnknownValues = {
    outputs: new Set(needs.flatMap((need) => (need.conclusion === 'success' ? [need.id.toLowerCase()] : []))),
    inputs: scope.unknownInputs,
  };
  const outlook: Outlook = { needs, contexts, unknown };
  const verdict = judgeCondition(job, outlook);
  const legs =
    verdict.kind === 'runs' || verdict.kind === 'depends' ? forecastLegs(scope, planned, outlook) : verdict;
  const conclusion = conclusionOf(legs);
  const lineage = extendLineage(
    conclusion,
    needs.map((need) => need.lineage),
  );
  const entry: JobForecast = {
    id,
    name: nestedName(scope.caller, plainName(job)),
    needs: needs.map(({ shown }) => shown),
    ...(job.kind === 'reusable' && { uses: job.uses }),
    verdict: legs.kind === 'legs' ? verdict : legs,
    ...(legs.kind === 'legs' && { legs: legs.shown }),
  };
  const called = legs.kind === 'legs' ? legs.outlooks.flatMap((leg) => leg.called) : [];
  return {
    outlook: { id: job.id, shown: job.id, conclusion, lineage, certain: verdict.kind !== 'depends' },
    entries: [entry, ...called.flatMap(({ entries }) => entries)],
  };
}

interface OpenedLegs {
  kind: 'legs';
  shown: LegsForecast;
  outlooks: LegOutlook[];
}

interface LegOutlook {
  invalid: boolean;
  /** The jobs of the called workflow. */
  called: Settled[];
}

/** Opens a job's legs as the run would, but without what only the run will know. */
function forecastLegs(
  scope: Scope,
  planned: PlannedJob,
  { needs, contexts, unknown }: Outlook,
): OpenedLegs | { kind: 'fails' | 'skipped'; reason: string } {
  const on = unknownsOf(planned.job.strategy?.matrix, unknown);
  if (on.length > 0) {
    return { kind: 'legs', shown: { kind: 'depends', on }, outlooks: [{ invalid: false, called: [] }] };
  }
  const callee = planned.callee === undefined ? undefined : scope.run.graphs[planned.callee];
  const known = knownPartOf(planned.job, unknown, callee?.call?.inputs ?? {});
  const opening = openJob({
    planned: { ...planned, job: known.job },
    graphs: scope.run.graphs,
    caller: scope.caller,
    contexts: { ...contexts, needs: contextOf(needs) },
    status: { success: true, failure: false, cancelled: false },
    matrixChoice: scope.run.matrixChoice,
  });
  if (opening.kind === 'skipped') return opening;
  if (opening.kind === 'invalid') return { kind: 'fails', reason: opening.reason };
  const invalid = opening.legs.flatMap(({ work }) => (work.kind === 'invalid' ? [work.reason] : []));
  if (invalid.length === opening.legs.length) return { kind: 'fails', reason: invalid[0] ?? '' };
  const idPrefix = `${scope.idPrefix}${planned.job.id}/`;
  const { unknownInputs } = known;
  return {
    kind: 'legs',
    shown: { kind: 'known', legs: opening.legs.map((leg) => showLeg(leg, known.dependsOn)) },
    outlooks: opening.legs.map((leg) => legOutlook({ ...scope, idPrefix, unknownInputs, settled: [] }, leg)),
  };
}

function showLeg({ name, work, groups }: LegPlan, dependsOn: string[]): LegForecast {
  return {
    name,
    labels: work.kind === 'job' ? work.labels : null,
    groups,
    ...(dependsOn.length > 0 && { dependsOn }),
    ...(work.kind === 'job' && work.environment !== undefined && { environment: work.environment }),
    ...(work.kind === 'invalid' && { invalid: work.reason }),
  };
}

function legOutlook(scope: Scope, { name, work }: LegPlan): LegOutlook {
  if (work.kind !== 'call') return { invalid: work.kind === 'invalid', called: [] };
  const graph = scope.run.graphs[work.callee] as JobGraph;
  return { invalid: false, called: settleAll({ ...scope, graph, caller: name, inputs: work.inputs }) };
}

function conclusionOf(job: OpenedLegs | Verdict): Conclusion {
  if (job.kind !== 'legs') return job.kind === 'skipped' ? 'skipped' : 'failure';
  const legs = job.outlooks.map(({ invalid, called }): Conclusion => {
    if (invalid) return 'failure';
    if (called.length === 0) return 'success';
    return called.map(({ outlook }) => outlook.conclusion).reduce(combine, 'skipped');
  });
  return legs.reduce(combine, 'skipped');
}
