import type { Position } from '../../model/diagnostic.ts';
import type { Template } from '../../model/template.ts';
import { childOf, mappingOf, namedEntries, textOf } from '../../reader/convert/access.ts';
import { everyEnv } from '../file/env-blocks.ts';
import type { LintFile } from '../file/lint-file.ts';
import type { Rule, RuleFinding } from '../rule.ts';

export const plainSecret: Rule = {
  code: 'plain-secret',
  severity: 'warning',
  why: 'Whoever can read the file, or any copy of the repository, has the secret, and it stays in the history.',
  mend: 'Store it as a secret and write `${{ secrets.NAME }}`; replace the one that was published.',
  judgesActions: true,
  *check(file) {
    yield* registryPasswords(file);
    for (const { name, value, owner } of [...everyEnv(file), ...everyInput(file)]) {
      const text = textOf(value);
      if (text === undefined) continue;
      if (isToken(text)) yield { at: value.at, message: `The value of \`${name}\` is a token.` };
      else if (owner !== 'service' && isSecretName(name) && looksRandom(text)) {
        yield { at: value.at, message: `The value of \`${name}\` looks like a secret.` };
      }
    }
    yield* scriptTokens(file);
  },
};

function* registryPasswords({ workflow }: LintFile): Iterable<RuleFinding> {
  for (const job of workflow.jobs) {
    if (job.kind !== 'job') continue;
    const services = namedEntries(mappingOf(job.services)).map(({ value }) => value);
    for (const container of [job.container, ...services]) {
      const password = childOf(childOf(container, 'credentials'), 'password');
      if (password && textOf(password))
        yield { at: password.at, message: 'The password of the registry is written here.' };
    }
  }
}

function everyInput({ workflow }: LintFile): { name: string; value: Template; owner: 'step' }[] {
  return workflow.jobs.flatMap((job) =>
    (job.kind === 'job' ? job.steps : []).flatMap((step) =>
      step.kind === 'action'
        ? namedEntries(step.with).map(({ name, value }) => ({ name, value, owner: 'step' as const }))
        : [],
    ),
  );
}

function* scriptTokens({ scripts }: LintFile): Iterable<{ at: Position; message: string }> {
  for (const { text, place } of scripts) {
    const match = tokenPattern.exec(text);
    if (match) yield { at: place(match.index), message: 'A token is written in the script.' };
  }
}

/** Forms that issuers give their tokens: GitHub, GitLab, Slack, npm, AWS, Google, Stripe; and private keys. */
const tokenPattern =
  /\b(?:gh[pousr]_[A-Za-z0-9]{36}|github_pat_\w{60,}|glpat-[\w-]{20}|xox[abprs]-[\w-]{10,}|npm_[A-Za-z0-9]{36}|A(?:KI|SI)A[0-9A-Z]{16}|AIza[\w-]{35}|sk_live_[A-Za-z0-9]{20,})\b|-----BEGIN [A-Z ]*PRIVATE KEY-----/;

function isToken(text: string): boolean {
  return tokenPattern.test(text);
}

function isSecretName(name: string): boolean {
  return /(?:pass(?:word|wd|phrase)?|secret|token|api[_-]?key|private[_-]?key|credential)s?$/i.test(name);
}

/** Long, without spaces, with letters and digits: words and paths are not. */
function looksRandom(text: string): boolean {
  return text.length >= 16 && !/[\s/.:]/.test(text) && /[A-Za-z]/.test(text) && /\d/.test(text);
}
