import { assessMerge, type MergeFacts, type Missing } from './assess-merge.ts';
import type { ProtectionRules } from './protection-rules.ts';

/** What a push would do to a protected branch. */
export type BranchPush =
  | { kind: 'delete' }
  /** `isKnown`: the commit is on a protected branch already, where its rules were kept. */
  | { kind: 'create'; isKnown: boolean; facts: MergeFacts }
  /** `isForced`: commits of the branch would get lost. */
  | { kind: 'update'; isForced: boolean; facts: MergeFacts };

/** What a push lacks; nothing: it may. Says nothing of who pushes. */
export function assessPush(rules: ProtectionRules, push: BranchPush): Missing[] {
  switch (push.kind) {
    case 'delete':
      return rules.allowDeletions ? [] : [{ kind: 'deletion' }];
    case 'create':
      return push.isKnown ? [] : assessMerge(rules, push.facts);
    case 'update': {
      const forced: Missing[] = push.isForced && !rules.allowForcePushes ? [{ kind: 'force-push' }] : [];
      return [...forced, ...assessMerge(rules, push.facts)];
    }
    default:
      return push satisfies never;
  }
}
