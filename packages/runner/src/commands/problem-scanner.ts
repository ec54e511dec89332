import type { RunningStep } from '../steps/running-step.ts';
import type { MatcherConfig } from './matcher-config.ts';
import { reportProblem } from './problem-annotation.ts';
import { createProblemMatcher, type Problem, type ProblemMatcher } from './problem-matcher.ts';
import { runWithin } from './time-limit.ts';

const lineLimitMs = 1_000;
/** A matcher that exceeds the limit as often on one line is removed. */
const maxStrikes = 3;

/**
 * Shows the lines of one stream, those that are problems as annotations.
 * @see https://github.com/actions/runner/blob/main/src/Runner.Worker/Handlers/OutputManager.cs
 */
export function createProblemScanner(step: RunningStep): (block: Buffer) => void {
  const { matchers: registry } = step.job;
  let configs: readonly MatcherConfig[] = [];
  let matchers: ProblemMatcher[] = [];

  function refresh(): void {
    if (configs === registry.configs) return;
    configs = registry.configs;
    const known = new Map(matchers.map((matcher) => [matcher.config, matcher]));
    matchers = configs.map((config) => known.get(config) ?? createProblemMatcher(config));
  }

  function scan(block: Buffer): void {
    const lines = block.toString('utf8').split('\n');
    lines.pop();
    const found = findProblems(
      lines.map(withoutColours),
      () => matchers,
      (matcher) => {
        registry.remove([matcher.config.owner]);
        refresh();
        step.report.warning(
          `Removing issue matcher '${matcher.config.owner}'. Matcher failed ${maxStrikes} times: a line took it longer than ${lineLimitMs / 1000} s.`,
        );
      },
    );
    let shown = 0;
    let line = 0;
    let offset = 0;
    for (const { at, text, problem } of found) {
      for (; line < at; line++) offset = block.indexOf(0x0a, offset) + 1;
      if (offset > shown) step.report.log.write(block.subarray(shown, offset));
      if (reportProblem(step, problem, text)) shown = block.indexOf(0x0a, offset) + 1;
      else shown = offset;
    }
    if (shown < block.length) step.report.log.write(block.subarray(shown));
  }

  return (block) => {
    refresh();
    if (matchers.length === 0) step.report.log.write(block);
    else scan(block);
  };
}

interface Found {
  at: number;
  text: string;
  problem: Problem;
}

/** Matches all lines at one go, for the clock is expensive; after a time-out it goes on where it was. */
function findProblems(
  lines: string[],
  current: () => ProblemMatcher[],
  giveUp: (matcher: ProblemMatcher) => void,
): Found[] {
  const found: Found[] = [];
  const place = { line: 0, matcher: 0, since: 0, strikes: 0 };
  const work = () => {
    for (; place.line < lines.length; place.line++) {
      place.since = performance.now();
      const text = lines[place.line] as string;
      const matchers = current();
      for (; place.matcher < matchers.length; place.matcher++) {
        const problem = (matchers[place.matcher] as ProblemMatcher).match(text);
        if (problem === undefined) continue;
        for (const other of matchers) if (other !== matchers[place.matcher]) other.reset();
        found.push({ at: place.line, text, problem });
        break;
      }
      place.matcher = 0;
      place.strikes = 0;
    }
  };
  while (!runWithin(lineLimitMs, work)) {
    const slow = current()[place.matcher];
    if (slow === undefined || performance.now() - place.since < lineLimitMs * 0.9) continue;
    place.strikes++;
    if (place.strikes < maxStrikes) continue;
    giveUp(slow);
    place.strikes = 0;
  }
  return found;
}

function withoutColours(line: string): string {
  const text = line.endsWith('\r') ? line.slice(0, -1) : line;
  return text.includes('\x1b[') ? text.replace(/\x1b\[[0-9;]*m?/g, '') : text;
}
