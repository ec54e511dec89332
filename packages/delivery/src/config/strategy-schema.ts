import type { BatchSize, Strategy } from '../strategy/strategy.ts';
import { list, mapped, mapping, optional, parsed, required, type Schema, tagged, truth } from './schema.ts';
import { readBatchSize, readDuration, readPace, readPercent } from './value-forms.ts';

export const duration = parsed(readDuration, '`30s`, `3m` or `1h30m`');

/** A strategy written out. */
export function strategyMapping(): Schema<Strategy> {
  return mapped(writtenStrategy(), toStrategy);
}

/** A strategy in one word: `rolling`, `blue-green`, `10% every 3m`. */
export function readStrategyText(text: string): Strategy | undefined {
  if (text === 'rolling') return { kind: 'rolling', batch: quarter, everyMs: 30_000, bakeMs: defaultBakeMs };
  if (text === 'blue-green') return { kind: 'blue-green', bakeMs: defaultBakeMs };
  const pace = readPace(text);
  return pace && { kind: 'linear', ...pace, bakeMs: defaultBakeMs };
}

const defaultBakeMs = 5 * 60_000;
const quarter: BatchSize = { kind: 'percent', percent: 25 };

interface Paced {
  percent: number;
  every: number;
  bake: number;
}

type Written =
  | { kind: 'rolling'; batch: BatchSize; every: number; bake: number }
  | ({ kind: 'linear' } & Paced)
  | { kind: 'blue-green'; bake: number }
  | { kind: 'canary'; steps: { weight: number; hold: number; promotion: boolean }[]; bake: number };

function writtenStrategy(): Schema<Written> {
  const bake = { bake: optional(duration, defaultBakeMs) };
  const paced = { percent: required(parsed(readPercent, '`10%`')), every: required(duration), ...bake };
  const step = mapping({
    weight: required(canaryWeight()),
    hold: required(duration),
    promotion: optional(truth, false),
  });
  return tagged<Written>({
    rolling: {
      batch: optional(parsed(readBatchSize, '`1` or `25%`'), quarter),
      every: optional(duration, 30_000),
      ...bake,
    },
    linear: paced,
    'blue-green': bake,
    canary: { steps: required(list<{ weight: number; hold: number; promotion: boolean }>(step)), ...bake },
  });
}

function canaryWeight(): Schema<number> {
  return parsed((text) => {
    const weight = readPercent(text);
    return weight === 100 ? undefined : weight;
  }, '`5%`; all of the traffic comes by itself after the last step');
}

function toStrategy(written: Written): Strategy {
  switch (written.kind) {
    case 'rolling':
      return { kind: 'rolling', batch: written.batch, everyMs: written.every, bakeMs: written.bake };
    case 'linear':
      return { kind: 'linear', percent: written.percent, everyMs: written.every, bakeMs: written.bake };
    case 'blue-green':
      return { kind: 'blue-green', bakeMs: written.bake };
    case 'canary': {
      const steps = written.steps.map(({ weight, hold, promotion }) => ({ weight, holdMs: hold, promotion }));
      return { kind: 'canary', steps, bakeMs: written.bake };
    }
    default:
      return written satisfies never;
  }
}
