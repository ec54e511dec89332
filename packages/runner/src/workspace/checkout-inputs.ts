/** Inputs of actions/checkout that mean something for a local working tree; the others are accepted and change nothing. */
export interface CheckoutInputs {
  /** Relative to the workspace; '' is the workspace itself. */
  path: string;
  ref: string;
  clean: boolean;
  /** 0: all history. */
  fetchDepth: number;
  submodules: 'none' | 'direct' | 'recursive';
  lfs: boolean;
  persistCredentials: boolean;
  token: string;
  /** Patterns; empty: everything. */
  sparseCheckout: string[];
  sparseCheckoutConeMode: boolean;
}

/**
 * Reads the evaluated inputs of a checkout step, by the rules of the action: absent and '' both mean the default,
 * and a value that is not known means the default's opposite or the default, never an error.
 * @see https://github.com/actions/checkout/blob/main/src/input-helper.ts
 */
export function readCheckoutInputs(inputs: Record<string, string>): CheckoutInputs {
  const byName = new Map(Object.entries(inputs).map(([name, value]) => [name.toLowerCase(), value.trim()]));
  const given = (name: string, fallback = '') => byName.get(name) || fallback;
  const flag = (name: string) => given(name, 'true').toLowerCase() === 'true';
  return {
    path: given('path'),
    ref: given('ref'),
    clean: flag('clean'),
    fetchDepth: readDepth(given('fetch-depth', '1')),
    submodules: readSubmodules(given('submodules').toLowerCase()),
    lfs: given('lfs').toLowerCase() === 'true',
    persistCredentials: flag('persist-credentials'),
    token: given('token'),
    sparseCheckout: given('sparse-checkout')
      .split('\n')
      .map((line) => line.trim())
      .filter(Boolean),
    sparseCheckoutConeMode: flag('sparse-checkout-cone-mode'),
  };
}

function readDepth(text: string): number {
  const depth = Math.floor(Number(text));
  return Number.isNaN(depth) || depth < 0 ? 0 : depth;
}

function readSubmodules(text: string): CheckoutInputs['submodules'] {
  if (text === 'recursive') return 'recursive';
  return text === 'true' ? 'direct' : 'none';
}
