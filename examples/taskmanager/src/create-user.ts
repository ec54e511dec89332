import { randomUUID } from 'node:crypto';
import { text } from 'node:stream/consumers';
import { pino } from 'pino';
import { z } from 'zod';
import { hashPassword } from './auth/password.ts';
import { postgresUserStore } from './auth/postgres-user-store.ts';
import { openDatabase } from './database/database.ts';

/**
 * `npm run create-user -- EMAIL NAME`: the password comes on standard input, so that it shows in no process list.
 * An address that already has an account is left as it is, and is no failure: the command may be repeated.
 */
const usage = 'usage: npm run create-user -- EMAIL NAME < PASSWORD_FILE (with DATABASE_URL set)\n';

const input = z
  .object({
    DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }),
    email: z.email().toLowerCase(),
    name: z.string().trim().min(1).max(200),
    password: z.string().min(8, 'must have at least 8 characters').max(1024),
  })
  .safeParse({
    DATABASE_URL: process.env.DATABASE_URL,
    email: process.argv[2],
    name: process.argv[3],
    password: (await text(process.stdin)).replace(/\r?\n$/, ''),
  });

if (!input.success) {
  const problems = input.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}\n`);
  process.stderr.write(`${problems.join('')}${usage}`);
  process.exit(2);
}

const { DATABASE_URL, email, name, password } = input.data;
const database = openDatabase(DATABASE_URL, { log: pino({ level: 'silent' }) });
const user = { id: randomUUID(), email, name };
const outcome = await postgresUserStore(database).insert({
  user,
  passwordHash: await hashPassword(password),
});
await database.destroy();
process.stdout.write(
  outcome.kind === 'inserted' ? `created ${email}\n` : `${email} has an account already\n`,
);
