import { type MatcherConfig, type MatchField, matchFields, type PatternConfig } from './matcher-config.ts';

/** What a matcher found; every field as printed. */
export type Problem = Partial<Record<MatchField, string>>;

/** Follows the lines of one stream. */
export interface ProblemMatcher {
  readonly config: MatcherConfig;
  match(line: string): Problem | undefined;
  /** Forgets lines that were the beginning of a problem. */
  reset(): void;
}

/** @see https://github.com/actions/runner/blob/main/src/Runner.Worker/IssueMatcher.cs (Match) */
export function createProblemMatcher(config: MatcherConfig): ProblemMatcher {
  const { patterns } = config;
  const last = patterns.length - 1;
  /** What patterns 0..i have found, at i. */
  let running: (Problem | undefined)[] = [];

  /** Tries the latest pattern first, so that no line is the continuation of itself. */
  function match(line: string): Problem | undefined {
    for (let at = last; at >= 0; at--) {
      const before = at === 0 ? {} : running[at - 1];
      if (before === undefined) continue;
      const pattern = patterns[at] as PatternConfig;
      const found = pattern.regexp.exec(line);
      if (at < last) {
        running[at] = found === null ? undefined : extend(before, pattern, found);
        continue;
      }
      if (found === null) {
        if (at > 0) running[at - 1] = undefined;
        continue;
      }
      running = [];
      if (pattern.loop) running[at - 1] = before;
      return withDefaults(extend(before, pattern, found), config);
    }
    return undefined;
  }

  return {
    config,
    match,
    reset() {
      running = [];
    },
  };
}

function extend(before: Problem, { groups }: PatternConfig, found: RegExpExecArray): Problem {
  const problem: Problem = { ...before };
  for (const field of matchFields) {
    const group = groups[field];
    if (group !== undefined) problem[field] ??= found[group] ?? '';
  }
  return problem;
}

function withDefaults(problem: Problem, { severity, fromPath }: MatcherConfig): Problem {
  return { ...problem, severity: problem.severity || severity, fromPath: problem.fromPath || fromPath };
}
