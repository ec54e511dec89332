import type { Rule } from '../rule.ts';

export const missingPermissions: Rule = {
  code: 'missing-permissions',
  severity: 'warning',
  why: "Without `permissions:` the job's token may do whatever the repository's setting allows, in old ones everything.",
  mend: 'Add `permissions: { contents: read }` at the top, and what a job needs beyond that to the job.',
  *check({ workflow, root }) {
    if (workflow.permissions) return;
    const open = workflow.jobs.filter((job) => !job.permissions);
    // A workflow that only others call gets what its caller grants.
    const isOnlyCalled = Object.keys(workflow.on).every((event) => event === 'workflow_call');
    const [first] = open;
    if (!first || isOnlyCalled) return;
    const at = open.length === workflow.jobs.length ? root.at : first.at;
    yield {
      at,
      message:
        open.length === workflow.jobs.length
          ? 'The workflow does not say what its token may do.'
          : `Job \`${first.id}\` does not say what its token may do.`,
    };
  },
};
