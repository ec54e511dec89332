import { errorFunction, medianSorted, probit } from 'simple-statistics';

/** How far the values of the experiment lie from those of the control. */
export interface MannWhitney {
  /** Pairs in which the experiment's value is larger; ties count half. */
  u: number;
  /** Two-sided: exact for small samples without ties, else the normal approximation with correction for ties and continuity. */
  pValue: number;
  /** Hodges–Lehmann estimate of the shift: the median of all differences experiment − control. */
  estimate: number;
  /** Confidence interval of the shift; null if the samples are too few for the confidence asked for. */
  interval: { lower: number; upper: number } | null;
}

/**
 * The Mann-Whitney U test with the shift it estimates, as `wilcox.test(conf.int = TRUE)` of R gives them and Kayenta uses them.
 * Both samples hold at least one value.
 * @see https://github.com/spinnaker/spinnaker/tree/main/kayenta (kayenta-judge, MannWhitneyClassifier)
 */
export function mannWhitney(
  control: readonly number[],
  experiment: readonly number[],
  confidence: number,
): MannWhitney {
  const differences = experiment
    .flatMap((value) => control.map((other) => value - other))
    .sort((a, b) => a - b);
  const pairs = differences.length;
  if (pairs === 0) throw new RangeError('Both samples need at least one value.');
  const u = differences.reduce((sum, one) => sum + (one > 0 ? 1 : one === 0 ? 0.5 : 0), 0);
  const sizes: Sizes = { control: control.length, experiment: experiment.length };
  const ties = tieSizes([...control, ...experiment]);
  const isExact = isSmall(sizes) && ties.every((size) => size === 1);
  return {
    u,
    pValue: isExact ? exactPValue(u, sizes) : approximatePValue(u, sizes, ties),
    estimate: medianSorted(differences),
    interval: intervalOf(differences, criticalRank((1 - confidence) / 2, sizes)),
  };
}

interface Sizes {
  control: number;
  experiment: number;
}

/** Above this the normal approximation is as good and far cheaper. */
function isSmall({ control, experiment }: Sizes): boolean {
  return control <= 20 && experiment <= 20;
}

/** The `rank`-th difference from below and from above bound the shift. */
function intervalOf(differences: readonly number[], rank: number): MannWhitney['interval'] {
  const lower = differences[rank - 1];
  const upper = differences[differences.length - rank];
  return rank < 1 || lower === undefined || upper === undefined ? null : { lower, upper };
}

/** Least rank that U falls below with at most the probability given; 0 if no rank is rare enough. */
function criticalRank(tail: number, sizes: Sizes): number {
  if (!isSmall(sizes)) {
    const { mean, deviation } = normalOf(sizes, []);
    return Math.max(0, Math.floor(mean + probit(tail) * deviation));
  }
  let sum = 0;
  for (const [rank, probability] of distributionOf(sizes).entries()) {
    sum += probability;
    if (sum > tail) return rank;
  }
  return 0;
}

function exactPValue(u: number, sizes: Sizes): number {
  const distribution = distributionOf(sizes);
  const below = distribution.slice(0, Math.min(u, distribution.length - 1 - u) + 1);
  return Math.min(1, 2 * below.reduce((sum, one) => sum + one, 0));
}

/** Probability of each value of U if both samples are of one kind: ways to add a value of either sample, counted up. */
function distributionOf({ control, experiment }: Sizes): number[] {
  let rows: number[][] = Array.from({ length: experiment + 1 }, () => [1]);
  for (let m = 1; m <= control; m++) {
    const next: number[][] = [[1]];
    for (let n = 1; n <= experiment; n++) {
      const largestIsExperiment = next[n - 1] ?? [];
      const largestIsControl = rows[n] ?? [];
      next.push(
        Array.from(
          { length: m * n + 1 },
          (_, u) => ((largestIsExperiment[u - m] ?? 0) * n + (largestIsControl[u] ?? 0) * m) / (m + n),
        ),
      );
    }
    rows = next;
  }
  return rows[experiment] ?? [1];
}

function approximatePValue(u: number, sizes: Sizes, ties: readonly number[]): number {
  const { mean, deviation } = normalOf(sizes, ties);
  if (deviation === 0) return 1;
  const z = Math.max(0, Math.abs(u - mean) - 0.5) / deviation;
  return Math.min(1, 1 - errorFunction(z / Math.SQRT2));
}

function normalOf(
  { control, experiment }: Sizes,
  ties: readonly number[],
): { mean: number; deviation: number } {
  const all = control + experiment;
  const tied = ties.reduce((sum, size) => sum + (size ** 3 - size), 0);
  const variance = ((control * experiment) / 12) * (all + 1 - (all > 1 ? tied / (all * (all - 1)) : 0));
  return { mean: (control * experiment) / 2, deviation: Math.sqrt(Math.max(0, variance)) };
}

function tieSizes(values: readonly number[]): number[] {
  const sizes = new Map<number, number>();
  for (const value of values) sizes.set(value, (sizes.get(value) ?? 0) + 1);
  return [...sizes.values()];
}
