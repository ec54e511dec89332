/**
 * What the comments on a question come to. Only a comment that is nothing but the word counts, so that quoting it does not; of each
 * approver the last word counts; a single rejection decides. Whoever may write to a repository may edit what others have said there, so
 * what was edited is nobody's word.
 * @param {{ body: string, user: { login: string } | null, created_at?: string, updated_at?: string }[]} comments oldest first
 * @param {{ approvers: string[], minimum: number, excluded: string[] }} rules names in lower case
 * @returns {{ kind: 'open' } | { kind: 'approved', by: string[] } | { kind: 'rejected', by: string }}
 */
export function assessComments(comments, { approvers, minimum, excluded }) {
  /** @type {Map<string, string>} */
  const words = new Map();
  for (const { body, user, created_at: createdAt, updated_at: updatedAt } of comments) {
    if (user === null || updatedAt !== createdAt) continue;
    const login = user.login.toLowerCase();
    const word = /^\s*(approved?|lgtm|rejected?|denied|deny)[.!]?\s*$/i.exec(body)?.[1]?.toLowerCase();
    if (word === undefined || excluded.includes(login) || !approvers.includes(login)) continue;
    words.set(login, /^(approve|lgtm)/.test(word) ? 'approved' : 'rejected');
  }
  const named = (verdict) => [...words].filter(([, word]) => word === verdict).map(([login]) => login);
  const [rejecter] = named('rejected');
  if (rejecter !== undefined) return { kind: 'rejected', by: rejecter };
  const by = named('approved');
  return by.length >= minimum ? { kind: 'approved', by } : { kind: 'open' };
}
