import { createHash } from 'node:crypto';
import type { ApprovalBinding } from './approval-request.ts';

/** sha256, hex. */
export function bindingHash({ sha, workflow, planHash }: ApprovalBinding): string {
  return createHash('sha256')
    .update(JSON.stringify([sha, workflow, planHash]))
    .digest('hex');
}
