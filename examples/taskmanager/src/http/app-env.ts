import type { Logger } from 'pino';
import type { User } from '../auth/user.ts';

/** What middleware leaves in the context for the handlers. */
export type AppEnv = {
  Variables: {
    requestId: string;
    log: Logger;
    /** Only behind `authenticate`. */
    user: User;
  };
};
