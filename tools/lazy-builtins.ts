import type { Plugin } from 'rolldown';

/** Modules of Node that a run of a few scripts does not need, and whose loading is felt at every start. */
const late = ['node:crypto', 'node:fs/promises', 'node:timers/promises', 'node:vm', 'node:zlib'];

/**
 * Lets the bundle load these modules of Node when one of their functions is first called. The sources import them as ever; only
 * functions, classes and `constants` can be imported by name, anything else stops the build; the default import, as packages write it, has all.
 */
export function lazyBuiltins(): Plugin {
  const prefix = '\0lazy:';
  return {
    name: 'lazy-builtins',
    resolveId: (source) => (late.includes(source) ? { id: prefix + source, moduleSideEffects: false } : null),
    load: (id) => (id.startsWith(prefix) ? stubs(id.slice(prefix.length)) : null),
  };
}

function stubs(specifier: string): string {
  const { default: _, ...members } = process.getBuiltinModule(specifier) as Record<string, unknown>;
  return [
    `const stub = (name) => function (...args) {
      const real = process.getBuiltinModule(${JSON.stringify(specifier)})[name];
      return new.target === undefined ? real(...args) : Reflect.construct(real, args);
    };`,
    `const real = () => process.getBuiltinModule(${JSON.stringify(specifier)});`,
    'export default new Proxy({}, { get: (_, name) => real()[name], has: (_, name) => name in real() });',
    ...Object.entries(members).flatMap(([name, member]) => exportOf(name, member)),
  ].join('\n');
}

function exportOf(name: string, member: unknown): string[] {
  if (typeof member === 'function')
    return [`export const ${name} = /* @__PURE__ */ stub(${JSON.stringify(name)});`];
  // The numbers of this machine, where the bundle is used.
  if (name === 'constants') return [`export const constants = ${JSON.stringify(member)};`];
  return [];
}
