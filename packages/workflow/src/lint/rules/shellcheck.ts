import type { Rule } from '../rule.ts';

export const shellcheck: Rule = {
  code: 'shellcheck',
  severity: 'warning',
  why: 'shellcheck knows the mistakes that a shell does not report.',
  mend: "Read the code's page in shellcheck's wiki.",
  judgesActions: true,
  *check({ scripts, scriptFindings = [] }) {
    for (const { job, step, line, column, code, message } of scriptFindings) {
      const script = scripts.find((candidate) => candidate.job === job && candidate.step === step);
      if (!script) continue;
      const start = script.text
        .split('\n')
        .slice(0, line - 1)
        .reduce((length, text) => length + text.length + 1, 0);
      yield { at: script.place(start + column - 1), message: `${code}: ${message}` };
    }
  },
};
