import { expect, test } from 'vitest';
import { isOwnCheckout } from './checkout-action.ts';

const own = {
  repository: 'Octo/App',
  ref: 'refs/heads/feature/x',
  sha: 'a'.repeat(40),
  alsoKnownAs: ['b'.repeat(40)],
};

test.each<[string, Record<string, string>]>([
  ['actions/checkout@v4', {}],
  ['Actions/Checkout@v6', { Repository: 'octo/app' }],
  ['actions/checkout@main', { ref: 'feature/x' }],
  ['actions/checkout@main', { ref: ' refs/heads/feature/x ', repository: '' }],
  ['actions/checkout@main', { ref: 'A'.repeat(40) }],
  ['actions/checkout@main', { ref: 'b'.repeat(40), 'github-server-url': 'https://github.com/' }],
])('%s with %j is the own repository', (uses, inputs) => {
  expect(isOwnCheckout(uses, inputs, own)).toBe(true);
});

test.each<[string, Record<string, string>]>([
  ['actions/checkout/sub@v4', {}],
  ['actions/checkout-more@v4', {}],
  ['octo/checkout@v4', {}],
  ['./checkout', {}],
  ['actions/checkout@v4', { repository: 'octo/other' }],
  ['actions/checkout@v4', { ref: 'main' }],
  ['actions/checkout@v4', { ref: 'x' }],
  ['actions/checkout@v4', { ref: 'c'.repeat(40) }],
  ['actions/checkout@v4', { 'github-server-url': 'https://git.example.com' }],
])('%s with %j is for the action itself', (uses, inputs) => {
  expect(isOwnCheckout(uses, inputs, own)).toBe(false);
});
