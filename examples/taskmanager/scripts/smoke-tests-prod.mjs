#!/usr/bin/env node
/**
 * The critical path of a deployment, from outside: `BASE_URL=… TEST_USER_EMAIL=… TEST_USER_PASSWORD=… scripts/smoke-tests-prod.mjs`.
 * Signs in with the synthetic account, creates a task, finishes it and removes it again. Exit status 0: all of it works; 1: something
 * doesn't, and the last line says what; 2: a variable is missing. Needs Node 20 and nothing else, so it runs wherever the release does.
 *
 * `EXPECT_COMMIT`, if it is set, must be what `/health` says. Not while traffic is shifted: then both revisions answer.
 */
const email = required('TEST_USER_EMAIL');
const password = required('TEST_USER_PASSWORD');
const baseUrl = required('BASE_URL').replace(/\/+$/, '');
const expectedCommit = process.env.EXPECT_COMMIT;
const requestTimeoutMs = 10_000;

const checks = [
  ['it is healthy', checkHealth],
  ['it wants traffic', () => expectStatus('GET', '/ready', 200)],
  ['the page is served', () => expectStatus('GET', '/', 200)],
  ['a wrong password is refused', checkRefusal],
  ['without a session nothing is shown', () => expectStatus('GET', '/api/v1/tasks', 401)],
  ['the synthetic account signs in, creates a task, finishes it and removes it', checkTasks],
];

for (const [name, check] of checks) {
  const begun = performance.now();
  try {
    await check();
  } catch (error) {
    process.stdout.write(`FAIL ${name}\n`);
    process.stderr.write(`smoke test of ${baseUrl}: ${name}: ${error.cause?.message ?? error.message}\n`);
    process.exit(1);
  }
  process.stdout.write(`ok   ${name} (${Math.round(performance.now() - begun)} ms)\n`);
}

async function checkHealth() {
  const { commit } = await expectStatus('GET', '/health', 200);
  if (expectedCommit && commit !== expectedCommit)
    throw new Error(`${commit} answered, and not ${expectedCommit}`);
}

/** POST with bad credentials. The synthetic account must not be locked out by it, so the account is another one. */
async function checkRefusal() {
  const body = { email: 'nobody@example.invalid', password: 'not the password' };
  await expectStatus('POST', '/api/v1/auth/login', 401, { body });
}

async function checkTasks() {
  const { token } = await expectStatus('POST', '/api/v1/auth/login', 200, { body: { email, password } });
  const session = { authorization: `Bearer ${token}` };
  const title = `Smoke test ${new Date().toISOString()}`;
  const created = await expectStatus('POST', '/api/v1/tasks', 201, { body: { title }, headers: session });
  const path = `/api/v1/tasks/${created.id}`;
  const finished = await expectStatus('PATCH', path, 200, {
    body: { status: 'done' },
    headers: { ...session, 'if-match': '*' },
  });
  if (finished.status !== 'done' || finished.title !== title)
    throw new Error(`the finished task came back as ${JSON.stringify(finished)}`);
  await expectStatus('DELETE', path, 204, { headers: session });
  await expectStatus('GET', path, 404, { headers: session });
  await expectStatus('POST', '/api/v1/auth/logout', 204, { headers: session });
}

/** Sends one request and returns its JSON, if it has some. Rejects for any other status. */
async function expectStatus(method, path, expected, { body, headers = {} } = {}) {
  const response = await fetch(baseUrl + path, {
    method,
    headers: { ...headers, ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(requestTimeoutMs),
  });
  const text = await response.text();
  if (response.status !== expected)
    throw new Error(
      `${method} ${path} answered ${response.status} instead of ${expected}: ${text.slice(0, 300)}`,
    );
  return response.headers.get('content-type')?.includes('json') ? JSON.parse(text) : undefined;
}

function required(name) {
  const value = process.env[name];
  if (value) return value;
  process.stderr.write(`smoke test: set ${name}\n`);
  process.exit(2);
}
