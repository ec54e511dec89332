import { check, sleep } from 'k6';
import http from 'k6/http';
import { deployment, resultFile, scenario } from './scenario.js';

/** For k6: `k6 run load-test.js` with BASE_URL, TEST_USER_EMAIL and TEST_USER_PASSWORD. Exits with 99 when a threshold is crossed. */
export const options = {
  vus: scenario.virtualUsers,
  duration: `${scenario.durationSeconds}s`,
  thresholds: {
    http_req_duration: [`p(95)<${scenario.thresholds.p95Ms}`],
    http_req_failed: [`rate<${scenario.thresholds.errorRate}`],
  },
};

const tasks = `${deployment.baseUrl}/api/v1/tasks`;

export function setup() {
  const { email, password } = deployment;
  const answer = http.post(`${deployment.baseUrl}/api/v1/auth/login`, JSON.stringify({ email, password }), {
    headers: { 'content-type': 'application/json' },
  });
  if (answer.status !== 200) throw new Error(`sign-in answered ${answer.status}`);
  return { token: answer.json('token') };
}

export default function round({ token }) {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const begun = Date.now();
  check(http.get(`${tasks}?limit=20`, { headers }), { 'the list is read': ({ status }) => status === 200 });
  const created = http.post(tasks, JSON.stringify({ title: 'Load test' }), { headers });
  if (check(created, { 'a task is created': ({ status }) => status === 201 })) {
    const task = http.url`${tasks}/${created.json('id')}`;
    const finished = http.patch(task, JSON.stringify({ status: 'done' }), {
      headers: { ...headers, 'if-match': '*' },
    });
    check(finished, { 'it is finished': ({ status }) => status === 200 });
    check(http.del(task, null, { headers }), { 'it is removed': ({ status }) => status === 204 });
  }
  sleep(Math.max(0, 1 / scenario.roundsPerSecond - (Date.now() - begun) / 1000));
}

export function handleSummary({ metrics }) {
  const result = {
    tool: 'k6',
    requests: metrics.http_reqs.values.count,
    errorRate: metrics.http_req_failed.values.rate,
    p95Ms: metrics.http_req_duration.values['p(95)'],
  };
  return { [resultFile]: JSON.stringify(result), stdout: `${JSON.stringify(result)}\n` };
}
