import { existsSync } from 'node:fs';
import { defineConfig, devices } from '@playwright/test';

const { BASE_URL, CHROMIUM_PATH } = process.env;
if (!BASE_URL)
  throw new Error('Set BASE_URL to the deployment under test, for example http://localhost:3000');

/** The machine's own browser where it has one: nothing is downloaded then. Otherwise `npx playwright install chromium` brings one. */
const installed = [CHROMIUM_PATH, '/usr/bin/chromium', '/usr/bin/google-chrome'].find(
  (path) => path !== undefined && existsSync(path),
);

export default defineConfig({
  testDir: '.',
  timeout: 60_000,
  expect: { timeout: 15_000 },
  forbidOnly: process.env.CI === 'true',
  reporter: [['list'], ['html', { open: 'never' }]],
  use: {
    ...devices['Desktop Chrome'],
    baseURL: BASE_URL,
    trace: 'retain-on-failure',
    launchOptions: {
      ...(installed && { executablePath: installed }),
      // Chromium's sandbox refuses to run as root, which is who runs jobs in most containers.
      args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
    },
  },
});
