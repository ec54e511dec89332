export { type DataDirectory, dataDirectory, storeLocation } from './data-directory.ts';
export { openServer, type ServerOptions, type SlipwayServer } from './open-server.ts';
export { replaceToken } from './replace-token.ts';
