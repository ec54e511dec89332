// Migrations of a database that is a file of lines, as badly as `migrations.json` in FAULTS_DIR says.
import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const read = (file, otherwise) => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return otherwise;
  }
};
const { migrations } = JSON.parse(readFileSync(new URL('release.json', import.meta.url), 'utf8'));
const done = read(process.env.DB_FILE, '').split('\n');
const pending = migrations.filter((name) => !done.includes(name));
const faults = JSON.parse(read(join(process.env.FAULTS_DIR, 'migrations.json'), '{}'));

if (process.argv[2] === 'pending') {
  for (const name of pending) console.log(JSON.stringify({ name, kind: 'expand' }));
} else {
  if (faults.hangMs) {
    console.log('waiting for a lock');
    await new Promise((resolve) => setTimeout(resolve, faults.hangMs));
  }
  if (faults.exitCode) process.exit(faults.exitCode);
  for (const name of pending) appendFileSync(process.env.DB_FILE, `${name}\n`);
}
