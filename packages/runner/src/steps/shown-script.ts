/**
 * A script as it may be shown before it runs: a value that it is about to mask is not printed by its own command line.
 * GitHub prints it.
 */
export function shownScript(script: string): string {
  if (!script.includes('::add-mask::')) return script;
  return script.replaceAll(/(::add-mask::)[^"'\r\n]+/g, '$1***');
}
