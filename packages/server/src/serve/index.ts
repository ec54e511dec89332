export { type DataDirectory, dataDirectory, storeLocation } from './data-directory.ts';
export { openServer, type SlipwayServer } from './open-server.ts';
export { replaceToken } from './replace-token.ts';
export type { ServerOptions } from './server-options.ts';
