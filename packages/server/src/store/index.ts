export { openStore, type Store, type StoreLocation } from './open-store.ts';
