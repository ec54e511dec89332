import { type JsonSchema, sampleOf } from './sample-of.ts';

/** A route of the REST interface, with a request that is well-formed. */
export interface ApiRoute {
  /** Method and path as described, e.g. `GET /runs/{run}`. */
  name: string;
  method: string;
  isOpen: boolean;
  /** With what stands for the placeholders that are given. */
  path(given: Record<string, string | number>): string;
  body: unknown;
}

interface Described {
  security?: unknown[];
  parameters?: { name: string; in: string; required?: boolean; schema: JsonSchema }[];
  requestBody?: { required?: boolean; content: Record<string, { schema: JsonSchema }> };
}

/** Every route that the server describes. */
export async function readApiRoutes(serverUrl: string): Promise<ApiRoute[]> {
  const response = await fetch(`${serverUrl}/api/v1/openapi.json`);
  const { paths } = (await response.json()) as { paths: Record<string, Record<string, Described>> };
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, described]) => routeOf(path, method.toUpperCase(), described)),
  );
}

function routeOf(template: string, method: string, described: Described): ApiRoute {
  const parameters = described.parameters ?? [];
  const schema = described.requestBody?.content['application/json']?.schema;
  return {
    name: `${method} ${template}`,
    method,
    isOpen: described.security?.length === 0,
    path(given) {
      const standIn = (name: string) =>
        given[name] ??
        sampleOf(parameters.find((one) => one.in === 'path' && one.name === name)?.schema ?? {});
      const filled = template.replaceAll(/\{(\w+)\}/g, (_, name) =>
        encodeURIComponent(String(standIn(name))),
      );
      const query = parameters
        .filter((one) => one.in === 'query' && one.required === true)
        .map((one) => `${one.name}=${encodeURIComponent(String(sampleOf(one.schema)))}`);
      return query.length === 0 ? filled : `${filled}?${query.join('&')}`;
    },
    body: schema === undefined ? undefined : sampleOf(schema),
  };
}
