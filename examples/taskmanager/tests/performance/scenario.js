/**
 * What the load is and what it must come to; k6 (`load-test.js`) and autocannon (`autocannon-load.js`) both play it. Each virtual user
 * signs in with the one synthetic account and then does the rounds: reads the list, creates a task, finishes it, removes it.
 */
export const scenario = {
  virtualUsers: Number(setting('LOAD_USERS', '10')),
  durationSeconds: Number(setting('LOAD_SECONDS', '60')),
  /** Rounds that one virtual user begins in a second, at most. Four requests each. */
  roundsPerSecond: 1,
  thresholds: {
    /** 95 of 100 answers come within this time. */
    p95Ms: Number(setting('LOAD_P95_MS', '500')),
    /** Part of the requests that may fail, from 0 to 1. */
    errorRate: 0.01,
  },
};

/** The deployment and the account, as for the other tests. */
export const deployment = {
  baseUrl: setting('BASE_URL', '').replace(/\/+$/, ''),
  email: setting('TEST_USER_EMAIL', ''),
  password: setting('TEST_USER_PASSWORD', ''),
};

/** Where the result is left, for `check-thresholds.js`. */
export const resultFile = setting('LOAD_RESULT', 'load-test.json');

/** From k6's environment (`__ENV`) or Node's. */
function setting(name, otherwise) {
  const variables = typeof __ENV === 'undefined' ? process.env : __ENV;
  return variables[name] || otherwise;
}
