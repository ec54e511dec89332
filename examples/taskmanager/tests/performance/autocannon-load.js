import autocannon from 'autocannon';
import { percentile } from './percentile.js';

/** Plays the scenario where there is no k6. Resolves to the same result. */
export async function playScenario({ scenario, deployment }) {
  const token = await signIn(deployment);
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const durationsMs = [];
  const unexpected = [];
  const load = autocannon({
    url: deployment.baseUrl,
    connections: scenario.virtualUsers,
    duration: scenario.durationSeconds,
    connectionRate: scenario.roundsPerSecond * requestsInRound,
    timeout: 30,
    requests: roundOf(headers, (expected, status) => status !== expected && unexpected.push(status)),
  });
  load.on('response', (_client, _status, _bytes, durationMs) => durationsMs.push(durationMs));
  const { errors } = await load;
  const requests = durationsMs.length + errors;
  return {
    tool: 'autocannon',
    requests,
    errorRate: requests === 0 ? 1 : (unexpected.length + errors) / requests,
    p95Ms: durationsMs.length === 0 ? null : percentile(durationsMs, 0.95),
  };
}

const requestsInRound = 4;

/** One after the other on each connection; what a request needs of the one before it is in the connection's own `context`. */
function roundOf(headers, judge) {
  const tasks = '/api/v1/tasks';
  const task = (request, context) => ({ ...request, path: `${tasks}/${context.id ?? 'none'}` });
  const answered = (expected) => (status) => judge(expected, status);
  return [
    { method: 'GET', path: `${tasks}?limit=20`, headers, onResponse: answered(200) },
    {
      method: 'POST',
      path: tasks,
      headers,
      body: JSON.stringify({ title: 'Load test' }),
      onResponse(status, body, context) {
        judge(201, status);
        context.id = status === 201 ? JSON.parse(body).id : undefined;
      },
    },
    {
      method: 'PATCH',
      headers: { ...headers, 'if-match': '*' },
      body: JSON.stringify({ status: 'done' }),
      setupRequest: task,
      onResponse: answered(200),
    },
    { method: 'DELETE', headers, setupRequest: task, onResponse: answered(204) },
  ];
}

async function signIn({ baseUrl, email, password }) {
  const response = await fetch(`${baseUrl}/api/v1/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, password }),
  });
  if (!response.ok) throw new Error(`sign-in answered ${response.status}: ${await response.text()}`);
  return (await response.json()).token;
}
