import { SlipwayError } from '@slipway/contracts/errors';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';

/** How often somebody may be wrong. */
export interface SignInLimitOptions {
  /** Tokens that are not good, from one address, a minute. */
  tokensPerMinute: number;
  /** Attempts with a password or a link, from one address, in a quarter of an hour. */
  attemptsPerAddress: number;
  /** The same for one account, from wherever. */
  attemptsPerAccount: number;
}

export const defaultSignInLimits: SignInLimitOptions = {
  tokensPerMinute: 100,
  attemptsPerAddress: 30,
  attemptsPerAccount: 10,
};

/** Slows down guessing. Each server counts for itself: of several, each allows as much. */
export interface SignInLimits {
  /** A token was not good. @throws SlipwayError `too-many-attempts` */
  tokenFailed(address: string): Promise<void>;
  /**
   * Somebody tries a password; counted before it is looked at, so that many at once are not more than one after the other.
   * @throws SlipwayError `too-many-attempts`
   */
  attempt(address: string, account: string): Promise<void>;
  /** It fitted: the attempt does not count. */
  succeeded(address: string, account: string): Promise<void>;
}

export function createSignInLimits(options: Partial<SignInLimitOptions> = {}): SignInLimits {
  const { tokensPerMinute, attemptsPerAddress, attemptsPerAccount } = { ...defaultSignInLimits, ...options };
  const duration = 15 * 60;
  const tokens = new RateLimiterMemory({ points: tokensPerMinute, duration: 60 });
  const addresses = new RateLimiterMemory({ points: attemptsPerAddress, duration });
  const accounts = new RateLimiterMemory({ points: attemptsPerAccount, duration });
  return {
    tokenFailed: (address) => consume(tokens, networkOf(address)),
    async attempt(address, account) {
      await consume(addresses, networkOf(address));
      await consume(accounts, account.toLowerCase());
    },
    async succeeded(address, account) {
      await addresses.reward(networkOf(address));
      await accounts.delete(account.toLowerCase());
    },
  };
}

async function consume(limiter: RateLimiterMemory, key: string): Promise<void> {
  try {
    await limiter.consume(key);
  } catch (refused) {
    if (!(refused instanceof RateLimiterRes)) throw refused;
    throw new SlipwayError('too-many-attempts', {
      retryAfterSeconds: Math.max(1, Math.ceil(refused.msBeforeNext / 1000)),
    });
  }
}

/** Of IPv6 whoever has one address has 2^64 of them. */
function networkOf(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/, '');
  if (!plain.includes(':')) return plain;
  const [head = '', tail] = plain.split('::');
  const groups = head === '' ? [] : head.split(':');
  if (tail === undefined) return groups.slice(0, 4).join(':');
  const last = tail === '' ? [] : tail.split(':');
  const zeros = Array.from({ length: 8 - groups.length - last.length }, () => '0');
  return [...groups, ...zeros, ...last].slice(0, 4).join(':');
}
