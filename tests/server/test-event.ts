import type { IncomingEvent } from '@slipway/server/controller';
import type { Workflow } from '@slipway/workflow';
import { readWorkflow } from '@slipway/workflow/reader';
import { buildLocalEvent } from '@slipway/workflow/triggers';

export const sha = '0123456789012345678901234567890123456789';

/** A push that starts the workflows, given as text by the names of their files. */
export function pushEvent(
  files: Record<string, string>,
  {
    project = 'octo/app',
    deliveryId = 'push-1',
    headSha = sha,
  }: Partial<Record<'project' | 'deliveryId' | 'headSha', string>> = {},
): IncomingEvent {
  const workflows = Object.entries(files).map(([name, content]) => parse(name, content));
  const person = { name: 'Octo', email: 'octo@example.com', date: '2026-01-01T00:00:00Z' };
  const event = buildLocalEvent({
    name: 'push',
    facts: {
      repository: project,
      defaultBranch: 'main',
      ref: 'refs/heads/main',
      head: { sha: headSha, tree: sha, message: 'Change', author: person, committer: person },
      actor: 'octocat',
    },
  });
  return { project, deliveryId, event, workflows, load: () => undefined, vars: {}, actor: 'octocat' };
}

function parse(name: string, content: string): Workflow {
  const { value, diagnostics } = readWorkflow({ path: `.github/workflows/${name}`, content });
  if (value === undefined) throw new Error(JSON.stringify(diagnostics));
  return value;
}
