import { type DeploymentPlan, describeTask, durationText, instancesOf } from '@slipway/delivery';
import type { Style } from '../view/style.ts';
import { textTable } from '../view/text-table.ts';
import { statementText } from './statement-text.ts';

/** A plan as a person reads it before they approve. */
export function deploymentPlanText(
  { plan, planHash }: { plan: DeploymentPlan; planHash: string },
  style: Style,
): string {
  const { release, environment, target, requestedBy, strategy, leastDurationMs } = plan;
  const least = leastDurationMs === 0 ? '' : `, at least ${durationText(leastDurationMs)}`;
  const rows = [
    ['release', `${release.id}  ${release.tag}`],
    ['commit', release.commit],
    ['target', target],
    ['asked by', requestedBy],
    ['strategy', `${strategy}${least}`],
    ['haste', plan.rollout.haste],
    ['approval', approvalText(plan)],
    ['analysis', analysisText(plan)],
    ['windows', windowsText(plan)],
    ['plan', planHash],
  ].filter(([, value]) => value !== '');
  return [
    style.bold(`Deploy to ${environment}`),
    textTable(rows).trimEnd(),
    '',
    style.bold('Components'),
    textTable(
      plan.components.map(({ name, kind, now, next }) => [
        name,
        kind,
        shortOf(now),
        '→',
        shortOf(next),
        instancesText(plan, name),
      ]),
    ).trimEnd(),
    '',
    ...proofsText(plan, style),
    style.bold('Migrations'),
    ...migrationsText(plan),
    '',
    style.bold('Steps'),
    ...plan.rollout.steps.map((step, i) => `${String(i + 1).padStart(3)}. ${describeTask(step)}`),
    '',
    ...findingsText(plan, style),
    '',
  ].join('\n');
}

function proofsText({ proofs }: DeploymentPlan, style: Style): string[] {
  if (proofs.length === 0) return [];
  const rows = proofs.map(({ gate, statedBy }) => [gate, statementText(statedBy ?? undefined)]);
  return [style.bold('Gates'), textTable(rows).trimEnd(), ''];
}

/** Of what policy refuses for another reason nobody has asked. */
function migrationsText({ migrations, findings }: DeploymentPlan): string[] {
  if (migrations.length > 0) return migrations.map(({ name, kind }) => `${name} (${kind})`);
  return [findings.length === 0 ? 'none is pending' : 'not asked for, since policy refuses it'];
}

function findingsText({ findings }: DeploymentPlan, style: Style): string[] {
  if (findings.length === 0) return [style.conclusion('success', 'Policy has nothing against it.')];
  return [
    style.bold('Policy refuses it'),
    ...findings.flatMap(({ code, message, mend }) => [
      `${style.mark('failure')} ${message} (${code})`,
      `  ${mend}`,
    ]),
  ];
}

function approvalText({ protection, rollout }: DeploymentPlan): string {
  if (rollout.haste === 'rollback') return 'none is needed to go back';
  const { reviewers, waitMs } = protection;
  const wait = waitMs === 0 ? '' : `; waits ${durationText(waitMs)}`;
  return reviewers.length === 0 ? `none is needed${wait}` : `${reviewers.join(' or ')}${wait}`;
}

function analysisText({ rollout }: DeploymentPlan): string {
  if (!rollout.analysis) return '';
  return rollout.analysis.metrics
    .map(({ name, judgement }) =>
      judgement.kind === 'threshold'
        ? `${name} ${judgement.operator} ${judgement.value}`
        : `${name} against the old revision`,
    )
    .join(', ');
}

function windowsText({ rollout }: DeploymentPlan): string {
  return rollout.windows
    .map((window) =>
      window.kind === 'freeze'
        ? `frozen ${new Date(window.fromMs).toISOString().slice(0, 16)} – ${new Date(window.untilMs).toISOString().slice(0, 16)} (${window.reason})`
        : 'peak hours',
    )
    .join(', ');
}

/** `× 3`; nothing of one that has no more than one. */
function instancesText({ placement }: DeploymentPlan, name: string): string {
  const component = placement.components[name];
  const count = component ? instancesOf(component) : 0;
  return count > 1 ? `× ${count}` : '';
}

function shortOf(digest: string | null): string {
  return digest === null ? '-' : digest.slice(0, 19);
}
