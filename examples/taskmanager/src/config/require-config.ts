import type { Reading } from './variables.ts';

/** The configuration, or the end of the process with all that is wrong with it and exit status 2. */
export function requireConfig<T>(reading: Reading<T>): T {
  if (reading.kind === 'valid') return reading.value;
  const problems = reading.problems.map((problem) => `  ${problem}\n`).join('');
  process.stderr.write(`The configuration is wrong:\n${problems}`);
  process.exit(2);
}
