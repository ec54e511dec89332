import { type AnalysisRules, withoutComparisons } from '../analysis/analysis-rules.ts';
import type { Component } from '../config/delivery-config.ts';
import { assessPolicy, type PolicyFacts } from '../policy/assess-policy.ts';
import { proveGates } from '../policy/prove-gates.ts';
import type { Release } from '../release/release.ts';
import type { Instances } from '../strategy/rolling-batches.ts';
import { leastDurationMs, stepsOf } from '../strategy/steps-of.ts';
import type { BatchSize, Strategy } from '../strategy/strategy.ts';
import type { ComponentChange, DeploymentPlan, PlacedComponent } from './deployment-plan.ts';
import { componentIn, instancesOf } from './wanted-instances.ts';

export interface DeploymentRequest extends PolicyFacts {
  requestedBy: string;
  requestedAtMs: number;
  /** By name, as the release's own `slipway.yml` describes them. */
  components: Record<string, Component>;
}

/** What deploying the release would do, with all that policy holds against it. Changes nothing. */
export function planDeployment(request: DeploymentRequest): DeploymentPlan {
  const { environment, release, current, migrations, haste } = request;
  const strategy = strategyFor(environment.strategy, haste);
  const components = placedComponents(request);
  const steps = stepsOf({
    strategy,
    replaces: current !== null,
    migrates: migrations.length > 0,
    smokes: environment.smoke !== null,
    instances: instancesIn(components),
  });
  return {
    environment: environment.name,
    target: environment.target.kind,
    release: { id: release.id, commit: release.commit, ordinal: release.ordinal, tag: release.tag },
    requestedBy: request.requestedBy,
    requestedAtMs: request.requestedAtMs,
    components: changesOf(release, current),
    migrations: [...migrations],
    strategy: describeStrategy(strategy),
    leastDurationMs: leastDurationMs(steps),
    rollout: {
      steps,
      analysis: analysisFor(request),
      windows: environment.windows,
      onFreeze: environment.onFreeze,
      haste,
      limits: environment.limits,
    },
    placement: {
      target: environment.target,
      smoke: environment.smoke,
      components,
    },
    protection: environment.protection,
    proofs: haste === 'rollback' ? [] : proveGates(environment, release),
    findings: assessPolicy(request),
  };
}

/**
 * Going back is for when something is wrong: the release has served before, so it gets all traffic at once, and the one that is not wanted
 * any more works on for nobody.
 */
function strategyFor(strategy: Strategy, haste: DeploymentRequest['haste']): Strategy {
  return haste === 'rollback' ? { kind: 'blue-green', bakeMs: 0 } : strategy;
}

function analysisFor({ environment, current, haste }: DeploymentRequest): AnalysisRules | null {
  // What it is judged by may be bad for another reason than the release, and must not bring back the one that somebody wants away.
  if (haste === 'rollback') return null;
  // At the first deployment there is nothing to compare with.
  return current === null ? withoutComparisons(environment.analysis) : environment.analysis;
}

/** A component that the file doesn't describe can't be in a release: see `assessRelease`. */
function placedComponents({
  environment,
  release,
  components,
}: DeploymentRequest): Record<string, PlacedComponent> {
  const placed = Object.entries(release.components).flatMap(([name, artifact]) => {
    const described = components[name];
    return described ? [[name, { ...componentIn(environment, described), artifact }] as const] : [];
  });
  return Object.fromEntries(placed);
}

function instancesIn(components: Record<string, PlacedComponent>): Instances {
  const counts = Object.entries(components).map(([name, one]) => [name, instancesOf(one)] as const);
  return Object.fromEntries(counts.filter(([, count]) => count > 0));
}

function changesOf(release: Release, current: Release | null): ComponentChange[] {
  const names = new Set([...Object.keys(release.components), ...Object.keys(current?.components ?? {})]);
  return [...names].sort().map((name): ComponentChange => {
    const now = current?.components[name]?.digest ?? null;
    const next = release.components[name]?.digest ?? null;
    return { name, kind: changeOf(now, next), now, next };
  });
}

function changeOf(now: string | null, next: string | null): ComponentChange['kind'] {
  if (now === null) return 'new';
  if (next === null) return 'removed';
  return now === next ? 'unchanged' : 'changed';
}

function describeStrategy(strategy: Strategy): string {
  switch (strategy.kind) {
    case 'rolling':
      return `rolling, ${batchText(strategy.batch)} every ${strategy.everyMs / 1000}s`;
    case 'linear':
      return `linear, ${strategy.percent}% every ${strategy.everyMs / 1000}s`;
    case 'blue-green':
      return 'blue-green, all at once';
    case 'canary':
      return `canary, ${[...strategy.steps.map(({ weight }) => weight), 100].map((weight) => `${weight}%`).join(' → ')}`;
    default:
      return strategy satisfies never;
  }
}

function batchText(batch: BatchSize): string {
  if (batch.kind === 'percent') return `${batch.percent}% of the instances`;
  return batch.count === 1 ? 'one instance' : `${batch.count} instances`;
}
