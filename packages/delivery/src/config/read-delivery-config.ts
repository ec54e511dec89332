import { isScalar } from 'yaml';
import type { AnalysisRules } from '../analysis/analysis-rules.ts';
import type { Read } from '../diagnostic.ts';
import type { Channel } from '../notifications/channel.ts';
import { componentIn, instancesOf } from '../plan/wanted-instances.ts';
import type { RolloutStep } from '../strategy/rollout-step.ts';
import { leastDurationMs, stepsOf } from '../strategy/steps-of.ts';
import type { Strategy } from '../strategy/strategy.ts';
import { analysisMapping } from './analysis-schema.ts';
import type { DeliveryConfig, Environment } from './delivery-config.ts';
import { componentMapping, environmentMapping, type WrittenEnvironment } from './environment-schema.ts';
import { collectFindings, type Findings } from './findings.ts';
import { channelMapping, type WrittenChannel } from './notifications-schema.ts';
import { type Located, mapping, named, nearest, optional, required } from './schema.ts';
import { readStrategyText, strategyMapping } from './strategy-schema.ts';
import { openYaml, type Place } from './yaml-document.ts';

/** Reads `slipway.yml`: every mistake with its place and its mend; a value only if there is none. */
export function readDeliveryConfig({
  path,
  content,
}: {
  path: string;
  content: string;
}): Read<DeliveryConfig> {
  const findings = collectFindings(path);
  const opened = openYaml(content, findings);
  if (opened && isEmpty(opened.root)) {
    findings.add({
      at: { line: 1, column: 1 },
      code: 'empty-file',
      message: 'The file is empty.',
      mend: 'Write at least `components` and `environments`.',
    });
    return { value: undefined, diagnostics: findings.list() };
  }
  const written = opened && fileMapping(opened.root, opened.reading);
  const value = written && resolve(written, findings);
  return { value: findings.hasErrors() ? undefined : value, diagnostics: findings.list() };
}

function isEmpty({ node }: Place): boolean {
  return node === null || (isScalar(node) && node.value === null);
}

interface WrittenFile {
  components: Record<string, Omit<DeliveryConfig['components'][string], 'name'>>;
  strategies: Record<string, Strategy>;
  analyses: Record<string, AnalysisRules>;
  environments: Record<string, WrittenEnvironment>;
  notifications: Record<string, WrittenChannel>;
}

const fileMapping = mapping<WrittenFile>({
  components: required(named(componentMapping())),
  strategies: optional(named(strategyMapping()), {}),
  analyses: optional(named(analysisMapping()), {}),
  environments: required(named(environmentMapping())),
  notifications: optional(named(channelMapping()), {}),
});

function resolve(file: WrittenFile, findings: Findings): DeliveryConfig {
  const components = Object.entries(file.components).map(([name, one]) => [name, { name, ...one }] as const);
  const environments = Object.entries(file.environments).flatMap(([name, one]) => {
    const environment = resolveEnvironment(name, one, { file, findings });
    return environment ? [[name, environment] as const] : [];
  });
  reportCircles(file.environments, findings);
  return {
    components: Object.fromEntries(components),
    environments: Object.fromEntries(environments),
    notifications: resolveChannels(file, findings),
  };
}

function resolveChannels({ notifications, environments }: WrittenFile, findings: Findings): Channel[] {
  return Object.entries(notifications).map(([name, { environments: named, ...channel }]) => {
    for (const one of named) {
      if (one.value in environments) continue;
      reportUnknownName(findings, one, { kind: 'environment', names: Object.keys(environments) });
    }
    return { name, ...channel, environments: named.map(({ value }) => value) };
  });
}

interface Resolution {
  file: WrittenFile;
  findings: Findings;
}

function resolveEnvironment(
  name: string,
  written: WrittenEnvironment,
  resolution: Resolution,
): Environment | undefined {
  const { file, findings } = resolution;
  const strategy = resolveStrategy(written.strategy, resolution);
  const analysis = resolveAnalysis(written.analysis, resolution);
  if (written.requires && !(written.requires.value in file.environments)) {
    reportUnknownName(findings, written.requires, {
      kind: 'environment',
      names: Object.keys(file.environments),
    });
  }
  const instances = resolveInstances(written.instances, resolution);
  if (!strategy || analysis === undefined) return undefined;
  if (analysis && written.analysis) {
    const steps = stepsOf({
      strategy,
      replaces: true,
      migrates: false,
      smokes: false,
      instances: wantedInstances(file, instances),
    });
    reportHopeless(analysis, steps, { at: written.analysis.at, strategy: strategy.kind, findings });
  }
  return {
    name,
    target: written.target,
    protection: {
      reviewers: written.reviewers,
      preventSelfReview: written['prevent-self-review'],
      waitMs: written['wait-timer'],
      branches: written.branches,
      tags: written.tags,
      approvalLifeMs: written['approval-expires'],
    },
    requires: written.requires?.value ?? null,
    windows: [...written.freeze, ...written['peak-hours']],
    onFreeze: written['on-freeze'],
    instances,
    strategy,
    analysis,
    gates: written.gates,
    smoke: written.smoke,
    limits: {
      progressDeadlineMs: written['progress-deadline'],
      migrationTimeoutMs: written['migration-timeout'],
    },
  };
}

function resolveInstances(
  written: WrittenEnvironment['instances'],
  { file: { components }, findings }: Resolution,
): Record<string, number> {
  const names = Object.keys(components).filter((name) => components[name]?.role !== 'migration');
  for (const [name, { at }] of Object.entries(written)) {
    if (components[name]?.role === 'migration') {
      findings.add({
        at,
        code: 'invalid-value',
        message: `${name} is a migration, which runs once.`,
        mend: 'Remove it here.',
      });
    } else if (!components[name]) {
      reportUnknownName(findings, { value: name, at }, { kind: 'component', names });
    }
  }
  return Object.fromEntries(Object.entries(written).map(([name, { value }]) => [name, value]));
}

function wantedInstances(
  { components }: WrittenFile,
  instances: Record<string, number>,
): Record<string, number> {
  const wanted = Object.entries(components).map(
    ([name, one]) => [name, instancesOf(componentIn({ instances }, { name, ...one }))] as const,
  );
  return Object.fromEntries(wanted.filter(([, count]) => count > 0));
}

function resolveStrategy(
  { value, at }: Located<Strategy | string>,
  { file, findings }: Resolution,
): Strategy | undefined {
  if (typeof value !== 'string') return value;
  const strategy = file.strategies[value] ?? readStrategyText(value);
  if (!strategy) {
    const names = ['rolling', 'blue-green', '10% every 3m', ...Object.keys(file.strategies)];
    reportUnknownName(findings, { value, at }, { kind: 'strategy', names });
  }
  return strategy;
}

/** Undefined if the name is unknown. */
function resolveAnalysis(
  written: WrittenEnvironment['analysis'],
  { file, findings }: Resolution,
): AnalysisRules | null | undefined {
  if (written === null) return null;
  const { value, at } = written;
  if (typeof value !== 'string') return value;
  const analysis = file.analyses[value];
  if (!analysis)
    reportUnknownName(findings, { value, at }, { kind: 'analysis', names: Object.keys(file.analyses) });
  return analysis;
}

function reportUnknownName(
  findings: Findings,
  { value, at }: Located<string>,
  { kind, names }: { kind: string; names: readonly string[] },
): void {
  findings.add({
    at,
    code: 'unknown-name',
    message: `There is no ${kind} “${value}”.`,
    mend:
      names.length === 0
        ? `Define the ${kind} in this file first.`
        : `Name one of ${names.map((name) => `\`${name}\``).join(', ')}${nearest(value, names)}.`,
  });
}

function reportCircles(environments: Record<string, WrittenEnvironment>, findings: Findings): void {
  for (const [name, { requires }] of Object.entries(environments)) {
    const seen = new Set<string>();
    let next = requires?.value;
    while (next !== undefined && next !== name && !seen.has(next)) {
      seen.add(next);
      next = environments[next]?.requires?.value;
    }
    if (requires && next === name) {
      findings.add({
        at: requires.at,
        code: 'circular-requirement',
        message: `${name} requires itself, by way of ${requires.value}.`,
        mend: 'Let the requirements end at an environment that requires none.',
      });
    }
  }
}

/** An analysis that needs more samples than a hold can bring always ends in doubt. */
function reportHopeless(
  { metrics, doubtBudgetMs }: AnalysisRules,
  steps: readonly RolloutStep[],
  { at, strategy, findings }: { at: Located<unknown>['at']; strategy: Strategy['kind']; findings: Findings },
): void {
  const holds = steps.flatMap((step) => (step.kind === 'hold' ? [leastDurationMs([step])] : []));
  const shortest = Math.min(...holds) + doubtBudgetMs;
  const comparesInVain = steps.every((step) => step.kind !== 'hold' || step.purpose === 'bake');
  for (const { name, intervalMs, minimumSamples, judgement } of metrics) {
    if (comparesInVain && judgement.kind === 'baseline') {
      findings.add({
        at,
        code: 'hopeless-analysis',
        message: `Metric ${name} compares with the old revision, but with ${strategy} the two never have traffic at the same time.`,
        mend: 'Give it a threshold, or shift the traffic in steps.',
      });
    }
    if (intervalMs * minimumSamples <= shortest) continue;
    findings.add({
      at,
      code: 'hopeless-analysis',
      message: `Metric ${name} needs ${minimumSamples} samples, one each ${intervalMs / 1000} s, but the shortest hold with its patience has ${shortest / 1000} s.`,
      mend: 'Shorten the interval, ask for fewer samples, or lengthen the holds, the bake or `patience`.',
    });
  }
}
