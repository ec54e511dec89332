import type { AnalysisRules } from '../analysis/analysis-rules.ts';
import { severities } from '../release/evidence.ts';
import type { Strategy } from '../strategy/strategy.ts';
import type { ClosedWindow } from '../windows/window.ts';
import { analysisMapping } from './analysis-schema.ts';
import type { Component, Environment, EvidenceGates, Options } from './delivery-config.ts';
import {
  choice,
  type Key,
  type Keys,
  type Located,
  list,
  located,
  mapped,
  mapping,
  mappingOr,
  named,
  number,
  optional,
  required,
  type Schema,
  text,
  truth,
} from './schema.ts';
import { duration, strategyMapping } from './strategy-schema.ts';
import { freezeMapping, peakHoursMapping } from './window-schema.ts';

/** An environment as it stands in the file; names of others are not looked up yet. */
export interface WrittenEnvironment {
  target: { kind: Environment['target']['kind']; options: Options };
  reviewers: string[];
  'prevent-self-review': boolean;
  'wait-timer': number;
  branches: string[];
  tags: string[];
  'approval-expires': number;
  requires: Located<string> | null;
  freeze: ClosedWindow[];
  'peak-hours': ClosedWindow[];
  'on-freeze': Environment['onFreeze'];
  instances: Record<string, Located<number>>;
  strategy: Located<Strategy | string>;
  analysis: Located<AnalysisRules | string> | null;
  gates: EvidenceGates;
  smoke: string | null;
  'progress-deadline': number;
  'migration-timeout': number;
}

export function environmentMapping(): Schema<WrittenEnvironment> {
  const names: Key<string[]> = optional(list(text), []);
  return mapping<WrittenEnvironment>({
    target: required(targetMapping()),
    reviewers: names,
    'prevent-self-review': optional(truth, true),
    'wait-timer': optional(duration, 0),
    branches: names,
    tags: names,
    'approval-expires': optional(duration, 24 * 60 * 60_000),
    requires: optional(located(text), null),
    freeze: optional(list(freezeMapping()), []),
    'peak-hours': optional(list(peakHoursMapping()), []),
    'on-freeze': optional(choice(['hold', 'continue', 'rollback']), 'hold'),
    instances: optional(named(located(instanceCount)), {}),
    strategy: required(located(mappingOr(strategyMapping(), text))),
    analysis: optional(located(mappingOr(analysisMapping(), text)), null),
    gates: optional(gatesMapping(), {
      tests: [],
      scan: null,
      sbom: false,
      provenance: false,
      statedBy: 'jobs',
    }),
    smoke: optional(text, null),
    'progress-deadline': optional(duration, 10 * 60_000),
    'migration-timeout': optional(duration, 15 * 60_000),
  });
}

/** `components.<name>`; what is not `role` is for the target. */
export function componentMapping(): Schema<Omit<Component, 'name'>> {
  return mapping({
    role: required(choice(['service', 'worker', 'migration'])),
    options: optional(named(componentOption), {}),
  });
}

const instanceCount = number({ least: 1, most: 100, whole: true });

/** The target reads them all but `instances`, by which steps are planned. */
const componentOption: Schema<Options[string]> = (place, reading) =>
  place.path.endsWith('.options.instances') ? instanceCount(place, reading) : optionValue(place, reading);

const options: Schema<Options> = (place, reading) => named(optionValue)(place, reading);

const optionValue: Schema<Options[string]> = (place, reading) => {
  const value = place.node !== null && 'value' in place.node ? place.node.value : undefined;
  if (typeof value === 'number') return number({ least: -1e15, most: 1e15 })(place, reading);
  return typeof value === 'boolean' ? value : text(place, reading);
};

function targetMapping(): Schema<WrittenEnvironment['target']> {
  const kind = choice(['process', 'docker', 'ecs']);
  const keys: Keys<WrittenEnvironment['target']> = { kind: required(kind), options: optional(options, {}) };
  return mappingOr(
    mapping(keys),
    mapped(kind, (one) => ({ kind: one, options: {} })),
  );
}

function gatesMapping(): Schema<EvidenceGates> {
  type Written = Omit<EvidenceGates, 'statedBy'> & { 'stated-by': EvidenceGates['statedBy'] };
  const written = mapping<Written>({
    tests: optional(list(text), []),
    scan: optional(choice(severities), null),
    sbom: optional(truth, false),
    provenance: optional(truth, false),
    'stated-by': optional(choice(['jobs', 'anyone']), 'jobs'),
  });
  return mapped(written, ({ 'stated-by': statedBy, ...gates }) => ({ ...gates, statedBy }));
}
