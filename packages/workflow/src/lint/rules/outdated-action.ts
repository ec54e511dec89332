import type { Rule } from '../rule.ts';

/** Major versions below which GitHub refuses or will refuse an action, with the reason. */
const oldest: Readonly<Record<string, readonly [major: number, reason: string]>> = {
  'actions/upload-artifact': [4, 'GitHub has switched off the service behind it'],
  'actions/download-artifact': [4, 'GitHub has switched off the service behind it'],
  'actions/cache': [4, 'GitHub has switched off the service behind it'],
  'actions/checkout': [4, 'it runs on a Node version that is past its end'],
  'actions/setup-node': [4, 'it runs on a Node version that is past its end'],
  'actions/setup-python': [5, 'it runs on a Node version that is past its end'],
  'actions/setup-go': [5, 'it runs on a Node version that is past its end'],
  'actions/setup-java': [4, 'it runs on a Node version that is past its end'],
  'actions/github-script': [7, 'it runs on a Node version that is past its end'],
};

/** Actions whose owners have given them up. */
const archived: Readonly<Record<string, string>> = {
  'actions/create-release': 'Use `gh release create` or `softprops/action-gh-release`.',
  'actions/upload-release-asset': 'Use `gh release upload`.',
  'actions-rs/toolchain': 'Use `rustup` in a script.',
  'actions-rs/cargo': 'Use `cargo` in a script.',
};

export const outdatedAction: Rule = {
  code: 'outdated-action',
  severity: 'warning',
  why: 'Old versions stop working on a day that others set, and get no security fixes.',
  mend: 'Use the newest major version.',
  judgesActions: true,
  *check({ workflow }) {
    for (const job of workflow.jobs) {
      for (const step of job.kind === 'job' ? job.steps : []) {
        if (step.kind !== 'action') continue;
        const [path = '', ref = ''] = step.uses.toLowerCase().split('@');
        const name = path.split('/').slice(0, 2).join('/');
        const successor = archived[name];
        if (successor)
          yield { at: step.usesAt, message: `\`${name}\` is no longer maintained.`, mend: successor };
        const [major, reason] = oldest[name] ?? [];
        const version = Number(/^v(\d+)(?:\.|$)/.exec(ref)?.[1] ?? Number.NaN);
        if (major !== undefined && version < major) {
          yield { at: step.usesAt, message: `\`${step.uses}\` is outdated: ${reason}.` };
        }
      }
    }
  },
};
