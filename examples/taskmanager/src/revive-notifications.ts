import { pino } from 'pino';
import { requireConfig } from './config/require-config.ts';
import { databaseUrl, readVariables } from './config/variables.ts';
import { openDatabase } from './database/database.ts';
import { postgresNotificationStore } from './notifications/postgres-notification-store.ts';

/** `npm run revive`: lets the worker try again what it had given up, once the reason for it is mended. */
const { DATABASE_URL } = requireConfig(readVariables({ DATABASE_URL: databaseUrl }, process.env));
const database = openDatabase(DATABASE_URL, { log: pino({ level: 'silent' }) });
const count = await postgresNotificationStore(database).revive();
await database.destroy();
process.stdout.write(`${count} ${count === 1 ? 'notification is' : 'notifications are'} pending again\n`);
