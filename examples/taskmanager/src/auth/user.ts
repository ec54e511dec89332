/** A person who may sign in. The password hash stays in the store's `Account`. */
export type User = { id: string; email: string; name: string };

export type Account = { user: User; passwordHash: string };

/** Where accounts are kept. Implementations pass `tests/user-store.contract.ts`. */
export type UserStore = {
  /** The e-mail address is compared in lower case. */
  findByEmail(email: string): Promise<Account | undefined>;
  insert(account: Account): Promise<{ kind: 'inserted' } | { kind: 'email-taken' }>;
  /** Everybody, by name: a team, not a directory. */
  list(): Promise<User[]>;
};
