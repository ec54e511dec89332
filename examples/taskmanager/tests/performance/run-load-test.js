import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { deployment, resultFile, scenario } from './scenario.js';

/**
 * `npm run load`: plays the scenario with k6 where it is installed, else with autocannon, and leaves the result as JSON. k6 itself
 * fails when a threshold is crossed; `npm run check` decides for both.
 */
for (const [name, value] of Object.entries({
  BASE_URL: deployment.baseUrl,
  TEST_USER_EMAIL: deployment.email,
  TEST_USER_PASSWORD: deployment.password,
})) {
  if (value) continue;
  process.stderr.write(`load test: set ${name}\n`);
  process.exit(2);
}

const k6 = spawnSync('k6', ['run', '--quiet', 'load-test.js'], {
  cwd: import.meta.dirname,
  stdio: 'inherit',
});
if (k6.error?.code === 'ENOENT') {
  process.stdout.write('k6 is not installed: autocannon plays the same scenario.\n');
  const { playScenario } = await import('./autocannon-load.js');
  const result = await playScenario({ scenario, deployment });
  writeFileSync(resultFile, `${JSON.stringify(result)}\n`);
  process.stdout.write(`${JSON.stringify(result)}\n`);
} else {
  process.exitCode = k6.status ?? 1;
}
