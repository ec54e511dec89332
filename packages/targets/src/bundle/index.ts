export { type Bundle, BundleError, createBundle } from './create-bundle.ts';
