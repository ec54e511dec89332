import { registerHooks } from 'node:module';

/**
 * `node --import ./tools/json-imports.ts packages/cli/src/main.ts` runs the sources: GitHub's packages import JSON without the
 * import attribute that Node asks for. The bundle has no such need.
 */
registerHooks({
  load(url, context, nextLoad) {
    if (!url.endsWith('.json')) return nextLoad(url, context);
    return nextLoad(url, { ...context, importAttributes: { type: 'json' } });
  },
});
