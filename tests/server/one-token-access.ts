import { SlipwayError } from '@slipway/contracts/errors';
import type { RunnerAccess } from '@slipway/server/http';

/** Lets in whoever has the token, as any runner. */
export function oneTokenAccess(token: string): RunnerAccess {
  return {
    async letIn({ header }) {
      if (header('authorization') !== `Bearer ${token}`) throw new SlipwayError('unauthorized');
      return null;
    },
    runnerOf: async () => null,
  };
}
