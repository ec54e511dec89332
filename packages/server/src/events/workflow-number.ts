import { steadyNumber } from '@slipway/workflow/triggers';

/** Numbers of workflows, as GitHub's API has them, follow from where their files are. */
export function workflowNumber(project: string, path: string): number {
  return steadyNumber(`${project}\n${path}`);
}
