/** The rules of protected branches, for those who read their file without a server. */
export { type Protection, type ProtectionRules, protectionPath, rulesFor } from './protection-rules.ts';
export { readProtection } from './read-protection.ts';
