import { appendFileSync, readFileSync } from 'node:fs';
import { assessLoad, milliseconds, percent } from './assess-load.js';
import { resultFile, scenario } from './scenario.js';

/** `npm run check`: exit status 1 when the last load test crossed a threshold, with a table in the job's summary. */
const result = JSON.parse(readFileSync(resultFile, 'utf8'));
const { thresholds } = scenario;
const problems = assessLoad(result, thresholds);

const table = `### Load test (${result.tool})

| | measured | must be below |
|---|---|---|
| 95th percentile | ${milliseconds(result.p95Ms)} | ${milliseconds(thresholds.p95Ms)} |
| failed requests | ${percent(result.errorRate)} | ${percent(thresholds.errorRate)} |
| requests | ${result.requests} | |
`;
process.stdout.write(table);
if (process.env.GITHUB_STEP_SUMMARY) appendFileSync(process.env.GITHUB_STEP_SUMMARY, table);
for (const problem of problems) process.stdout.write(`::error title=Load test::${problem}\n`);
process.exitCode = problems.length > 0 ? 1 : 0;
