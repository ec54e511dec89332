import type { Component, Environment } from '../config/delivery-config.ts';

/** How many instances of a component run at one time: 1 if it says nothing, 0 of a migration. */
export function instancesOf({ role, options }: Pick<Component, 'role' | 'options'>): number {
  if (role === 'migration') return 0;
  return typeof options.instances === 'number' ? options.instances : 1;
}

/** The component as the environment wants it. */
export function componentIn(
  { instances }: Pick<Environment, 'instances'>,
  { name, role, options }: Component,
): Omit<Component, 'name'> {
  const wanted = instances[name];
  return { role, options: wanted === undefined ? options : { ...options, instances: wanted } };
}
