/** How files of settings are read: every mistake with its place and a mend. For files that other packages read. */
export { collectFindings, type Finding, type Findings } from './findings.ts';
export {
  choice,
  type Key,
  type Located,
  list,
  located,
  mapped,
  mapping,
  number,
  optional,
  parsed,
  required,
  type Schema,
  text,
  truth,
} from './schema.ts';
export { openYaml, type Place, type Reading } from './yaml-document.ts';
