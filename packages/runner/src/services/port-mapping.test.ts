import { describe, expect, test } from 'vitest';
import { parsePortMapping } from './port-mapping.ts';

describe('parsePortMapping', () => {
  test.each([
    ['5432', [{ containerPort: 5432, protocol: 'tcp', hostPort: null }]],
    ['6379/tcp', [{ containerPort: 6379, protocol: 'tcp', hostPort: null }]],
    ['8080:80', [{ containerPort: 80, protocol: 'tcp', hostPort: 8080 }]],
    ['53:53/udp', [{ containerPort: 53, protocol: 'udp', hostPort: 53 }]],
    ['127.0.0.1:8080:80', [{ containerPort: 80, protocol: 'tcp', hostPort: 8080, hostAddress: '127.0.0.1' }]],
    ['127.0.0.1::80', [{ containerPort: 80, protocol: 'tcp', hostPort: null, hostAddress: '127.0.0.1' }]],
    ['[::1]:80:80', [{ containerPort: 80, protocol: 'tcp', hostPort: 80, hostAddress: '::1' }]],
  ])('reads %s', (text, expected) => {
    expect(parsePortMapping(text)).toEqual(expected);
  });

  test('spreads a range over its ports', () => {
    expect(parsePortMapping('7000-7001:80-81')?.map((p) => [p.hostPort, p.containerPort])).toEqual([
      [7000, 80],
      [7001, 81],
    ]);
  });

  test.each(['', 'http', '0', '70000', '1:2:3:4', '7000-7002:80-81', '80/icmp'])('refuses %j', (text) => {
    expect(parsePortMapping(text)).toBeNull();
  });
});
