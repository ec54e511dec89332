import { describe, expect, test } from 'vitest';
import { majorOfTag, officialName, parseImageReference } from './image-reference.ts';

describe('parseImageReference', () => {
  test.each([
    ['postgres', { path: 'postgres', tag: 'latest' }],
    ['postgres:15-alpine', { path: 'postgres', tag: '15-alpine' }],
    ['docker.io/library/postgres:15', { registry: 'docker.io', path: 'library/postgres', tag: '15' }],
    ['localhost:5000/redis', { registry: 'localhost:5000', path: 'redis', tag: 'latest' }],
    ['postgis/postgis:15-3.3', { path: 'postgis/postgis', tag: '15-3.3' }],
    ['redis:7@sha256:abc', { path: 'redis', tag: '7' }],
  ])('takes %s apart', (text, expected) => {
    expect(parseImageReference(text)).toEqual({ text, ...expected });
  });
});

test('an official image is known also through a mirror, and nobody else’s image passes for one', () => {
  const name = (text: string) => officialName(parseImageReference(text));
  expect(name('postgres:15')).toBe('postgres');
  expect(name('public.ecr.aws/docker/library/redis:7')).toBe('redis');
  expect(name('mirror.example.com/postgres')).toBe('postgres');
  expect(name('ghcr.io/acme/postgres')).toBeNull();
  expect(name('bitnami/redis')).toBeNull();
});

test('the major version comes from the tag’s leading number', () => {
  expect(majorOfTag('15-alpine')).toBe(15);
  expect(majorOfTag('8.0.36')).toBe(8);
  expect(majorOfTag('pg16')).toBe(16);
  expect(majorOfTag('15beta1')).toBeNull();
  expect(majorOfTag('alpine')).toBeNull();
  expect(majorOfTag('latest')).toBeNull();
});
