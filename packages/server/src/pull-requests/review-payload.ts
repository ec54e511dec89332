import type { Payload } from '@slipway/workflow/triggers';
import type { Review } from './pull-request.ts';

/**
 * A review as webhooks show it.
 * @see https://docs.github.com/en/webhooks/webhook-events-and-payloads#pull_request_review
 */
export function reviewPayload({
  id,
  reviewer,
  verdict,
  body,
  head_sha,
  submitted_at,
  dismissed_at,
}: Review): Payload {
  return {
    id,
    user: { login: reviewer, type: 'User' },
    body: body === '' ? null : body,
    commit_id: head_sha,
    submitted_at: new Date(submitted_at).toISOString(),
    state: dismissed_at === null ? verdict.replace('-', '_') : 'dismissed',
  };
}
