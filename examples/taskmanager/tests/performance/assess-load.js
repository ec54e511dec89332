/**
 * What of a load test's result crosses a threshold, one sentence each. A test that sent nothing has shown nothing, which is no success.
 * @param {{ requests: number, errorRate: number, p95Ms: number | null }} result
 * @param {{ p95Ms: number, errorRate: number }} thresholds
 * @returns {string[]}
 */
export function assessLoad({ requests, errorRate, p95Ms }, thresholds) {
  const problems = [];
  if (!(requests > 0)) problems.push('No request was answered.');
  if (!(errorRate < thresholds.errorRate))
    problems.push(
      `${percent(errorRate)} of the requests failed; it must be less than ${percent(thresholds.errorRate)}.`,
    );
  if (p95Ms === null || !(p95Ms < thresholds.p95Ms))
    problems.push(
      `The 95th percentile is ${milliseconds(p95Ms)}; it must be less than ${milliseconds(thresholds.p95Ms)}.`,
    );
  return problems;
}

/** @param {number} part */
export function percent(part) {
  return `${(part * 100).toFixed(2)} %`;
}

/** @param {number | null} ms */
export function milliseconds(ms) {
  return ms === null ? 'unknown' : `${ms.toFixed(0)} ms`;
}
