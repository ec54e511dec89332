import { onTestFinished } from 'vitest';
import { GitRepository } from '../git-repository.ts';
import { runSlipway, type SlipwayResult } from '../slipway-process.ts';

export const ci = '.github/workflows/ci.yml';
export const head = 'on: push\npermissions: { contents: read }\n';
const job = 'runs-on: ubuntu-latest\n    timeout-minutes: 5\n';

/** A workflow whose one job has these steps, the first of them on line 8. */
export const steps = (text: string): string => `${head}jobs:\n  build:\n    ${job}    steps:\n${text}`;

/** A workflow in which nothing is found. */
export const clean = steps('      - run: echo hello\n');

/** A repository of the test that is running, gone with it. */
export class LintedRepository extends GitRepository {
  constructor(files: Record<string, string>) {
    super(files);
    onTestFinished(() => this.remove());
  }

  lint(...args: string[]): Promise<SlipwayResult> {
    return this.lintWith({}, ...args);
  }

  lintWith(env: NodeJS.ProcessEnv, ...args: string[]): Promise<SlipwayResult> {
    return this.slipway(['lint', ...args], { NO_COLOR: '1', FORCE_COLOR: undefined, ...env });
  }

  slipway(args: string[], env: NodeJS.ProcessEnv = {}): Promise<SlipwayResult> {
    return runSlipway(args, { cwd: this.path, env: { SLIPWAY_HOME: this.home, ...env } });
  }
}

interface Finding {
  file: string;
  line: number;
  column: number;
  severity: string;
  code: string;
  message: string;
  mend: string;
}

/** Of `slipway lint --format json`. */
export function findingsOf({ stdout }: SlipwayResult): Finding[] {
  return JSON.parse(stdout) as Finding[];
}
