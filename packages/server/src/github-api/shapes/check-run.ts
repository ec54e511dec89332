import { steadyNumber } from '@slipway/workflow/triggers';
import type { CheckAnnotation, CheckRun } from '../../checks/check-runs.ts';
import { type Links, nodeId, timeText } from './links.ts';
import { userShape } from './user.ts';

/** @see https://docs.github.com/en/rest/checks/runs#get-a-check-run */
export function checkRunShape(links: Links, run: CheckRun, annotations: number) {
  const { id, sha, name, status, conclusion, external_id, details_url, started_at, completed_at } = run;
  const url = `${links.api}/check-runs/${id}`;
  return {
    id,
    node_id: nodeId('CheckRun', id),
    name,
    head_sha: sha,
    external_id: external_id ?? '',
    url,
    html_url: `${links.html}/commit/${sha}`,
    details_url: details_url ?? `${links.html}/commit/${sha}`,
    status,
    conclusion,
    started_at: timeText(started_at),
    completed_at: completed_at === null ? null : timeText(completed_at),
    output: {
      title: run.title,
      summary: run.summary,
      text: run.text,
      annotations_count: annotations,
      annotations_url: `${url}/annotations`,
    },
    check_suite: { id: run.suite_id },
    app: appShape(links, run.app),
    pull_requests: [],
  };
}

export function annotationShape(links: Links, sha: string, annotation: CheckAnnotation) {
  const { id: _, check_run_id: __, ...rest } = annotation;
  return { ...rest, blob_href: `${links.html}/blob/${sha}/${annotation.path}` };
}

/** Who makes checks: users count as apps of their own. */
export function appShape({ server }: Links, slug: string) {
  const id = steadyNumber(slug);
  return {
    id,
    node_id: nodeId('App', id),
    slug,
    name: slug === 'github-actions' ? 'GitHub Actions' : slug,
    owner: userShape(slug, server),
    description: '',
    external_url: server,
    html_url: `${server}/apps/${slug}`,
    created_at: '2020-01-01T00:00:00Z',
    updated_at: '2020-01-01T00:00:00Z',
    permissions: {},
    events: [],
  };
}
