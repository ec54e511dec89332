import { expect, test } from 'vitest';
import { clientAddress } from './client-address.ts';

const socketAddress = '10.0.0.1';
const forwardedFor = '6.6.6.6, 203.0.113.9, 10.0.0.7';

test('without trusted proxies X-Forwarded-For is ignored, since any client can write it', () => {
  expect(clientAddress({ socketAddress, forwardedFor, trustedProxies: 0 })).toBe('10.0.0.1');
});

test('each trusted proxy moves the client one entry to the left', () => {
  expect(clientAddress({ socketAddress, forwardedFor, trustedProxies: 1 })).toBe('10.0.0.7');
  expect(clientAddress({ socketAddress, forwardedFor, trustedProxies: 2 })).toBe('203.0.113.9');
});

test('a header shorter than the chain of proxies falls back to the socket', () => {
  expect(clientAddress({ socketAddress, forwardedFor: '203.0.113.9', trustedProxies: 2 })).toBe('10.0.0.1');
  expect(clientAddress({ socketAddress, forwardedFor: undefined, trustedProxies: 2 })).toBe('10.0.0.1');
});

test('a request without a socket still has a key to be counted under', () => {
  expect(clientAddress({ socketAddress: undefined, forwardedFor: undefined, trustedProxies: 0 })).toBe(
    'unknown',
  );
});
