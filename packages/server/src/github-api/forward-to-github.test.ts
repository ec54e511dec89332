import { projectSettingsSchema } from '@slipway/contracts/api/projects';
import { expect, test } from 'vitest';
import { isOfGithub } from './forward-to-github.ts';

const hosted = {
  name: 'octo/app',
  settings: projectSettingsSchema.parse({}),
  retentionDays: 1,
  createdAt: 0,
};
const remote = { ...hosted, settings: projectSettingsSchema.parse({ source: { kind: 'github' } }) };

test.each([
  ['GET', '', false],
  ['GET', '/actions/runs', false],
  ['POST', '/actions/workflows/ci.yml/dispatches', false],
  ['POST', '/code-scanning/sarifs', false],
  ['GET', '/contents/a.txt', false],
  ['GET', '/git/trees/main', false],
  ['POST', '/issues/7/comments', true],
  ['POST', '/deployments', true],
  ['POST', '/releases', true],
  ['GET', '/pulls/7/reviews', true],
  ['POST', '/statuses/abc', true],
  ['GET', '/git/ref/heads/main', false],
  ['GET', '/commits/main', false],
  ['GET', '/commits/main/status', true],
  ['GET', '/commits/feature/x/check-runs', true],
  ['GET', '/branches/main', false],
  ['GET', '/branches/main/protection', true],
  ['GET', '/labels', true],
] as const)('of a project on GitHub %s %s is asked of GitHub: %s', (method, below, expected) => {
  expect(isOfGithub(remote, { method, below })).toBe(expected);
  expect(isOfGithub(hosted, { method, below })).toBe(false);
});

test.each([
  ['PUT', '/contents/a.txt'],
  ['PATCH', '/git/refs/heads/main'],
  ['POST', '/git/blobs'],
  ['PUT', '/pulls/7/merge'],
  ['POST', '/pulls/7/reviews'],
] as const)('%s %s is done by people at GitHub, and not with the token of the project', (method, below) => {
  expect(() => isOfGithub(remote, { method, below })).toThrow(/is on GitHub/);
  expect(isOfGithub(hosted, { method, below })).toBe(false);
});
