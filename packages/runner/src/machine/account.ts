import { readFileSync } from 'node:fs';

/** A user of this machine that a service runs as. */
export interface Account {
  name: string;
  uid: number;
  gid: number;
}

/**
 * The account for a server that refuses to run as root: its own if the machine has it, else `nobody`.
 * undefined for an ordinary user, whose services run as that user.
 */
export function serviceAccount(preferred: string[]): Account | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const accounts = readAccounts();
  for (const name of [...preferred, 'nobody']) {
    const account = accounts.find((candidate) => candidate.name === name);
    if (account) return account;
  }
  return undefined;
}

export function findAccountName(uid: number): string | undefined {
  return readAccounts().find((account) => account.uid === uid)?.name;
}

function readAccounts(): Account[] {
  let text: string;
  try {
    text = readFileSync('/etc/passwd', 'utf8');
  } catch {
    return [];
  }
  return text.split('\n').flatMap((line) => {
    const [name, , uid, gid] = line.split(':');
    return name && uid && gid && !name.startsWith('#') ? [{ name, uid: Number(uid), gid: Number(gid) }] : [];
  });
}
