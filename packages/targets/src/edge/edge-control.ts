import { join } from 'node:path';
import { z } from 'zod';
import type { ControlAnswer, ControlRequest } from '../daemon/control-server.ts';
import { readJson, writeDurably } from '../daemon/durable-file.ts';
import type { Edge } from './edge.ts';
import {
  type EdgeState,
  edgeRevision,
  edgeSettings,
  edgeSplit,
  edgeState,
  emptyEdgeState,
} from './edge-state.ts';

/**
 * What an edge is told over its socket. Each change is in force and on disk when it is answered.
 *
 * | request | does |
 * |---|---|
 * | GET /alive | tells its process number |
 * | GET /report | tells what is in force, and how the instances are |
 * | PUT /settings | where it listens |
 * | PUT, DELETE /revisions/NAME | where a revision is; a removed one has no share any more |
 * | PUT /split | the shares |
 * | PUT /test | `{ revision }` behind the test traffic |
 * | GET /figures?windowMs=N | requests, errors and latencies per revision |
 * | GET /metrics | for Prometheus |
 * | POST /end | ends the edge |
 */
export async function openEdgeControl(edge: Edge, directory: string, end: () => void) {
  const file = join(directory, 'edge.json');
  const kept = readJson(file);
  let state = await edge.apply(kept === undefined ? emptyEdgeState : edgeState.parse(kept));
  let last: Promise<unknown> = Promise.resolve();

  /** One after the other: what is to be is held against what is by then. */
  function change(to: (state: EdgeState) => EdgeState | Refusal): Promise<ControlAnswer> {
    const changed = last.then(async () => {
      const next = to(state);
      if ('refusal' in next) return { status: 409, body: { message: next.refusal } };
      state = await edge.apply(next);
      writeDurably(file, state);
      return ok(edge.report());
    });
    last = changed.catch(() => undefined);
    return changed;
  }

  return async ({ method, path, body, query }: ControlRequest): Promise<ControlAnswer> => {
    const [room, name = ''] = path;
    switch (`${method} /${room}`) {
      case 'GET /alive':
        return ok(process.pid);
      case 'GET /report':
        return ok(edge.report());
      case 'PUT /settings': {
        const settings = edgeSettings.parse(body);
        return change((before) => ({ ...before, settings: withChosenPorts(settings, before.settings) }));
      }
      case 'PUT /revisions': {
        const revision = edgeRevision.parse(body);
        return change((before) => ({ ...before, revisions: { ...before.revisions, [name]: revision } }));
      }
      case 'DELETE /revisions':
        return change((before) =>
          (before.split[name] ?? 0) > 0
            ? { refusal: `${name} has a share of the traffic` }
            : without(before, name),
        );
      case 'PUT /split': {
        const split = edgeSplit.parse(body);
        return change((before) => {
          const unknown = Object.keys(split).find((one) => split[one]! > 0 && !before.revisions[one]);
          return unknown === undefined ? { ...before, split } : { refusal: `${unknown} is no revision here` };
        });
      }
      case 'PUT /test': {
        const { revision } = testTraffic.parse(body);
        return change((before) => ({ ...before, test: revision }));
      }
      case 'GET /figures':
        return ok(edge.metrics.figures(Number(query.get('windowMs') ?? 60_000)));
      case 'GET /metrics':
        return { status: 200, text: await edge.metrics.text() };
      case 'POST /end':
        end();
        return ok(true);
      default:
        return { status: 404, body: { message: `${method} /${path.join('/')} is unknown` } };
    }
  };
}

/** Why a change is not made. */
interface Refusal {
  refusal: string;
}

const testTraffic = z.object({ revision: z.string().nullable() });

const ok = (body: unknown): ControlAnswer => ({ status: 200, body });

/** “Any port” is chosen once. */
function withChosenPorts(
  settings: NonNullable<EdgeState['settings']>,
  before: EdgeState['settings'],
): NonNullable<EdgeState['settings']> {
  const chosen = (listener: 'production' | 'test' | 'metrics') => {
    const { host, port } = settings[listener];
    const old = before?.[listener];
    return { host, port: port === 0 && old?.host === host ? old.port : port };
  };
  return { ...settings, production: chosen('production'), test: chosen('test'), metrics: chosen('metrics') };
}

function without(state: EdgeState, name: string): EdgeState {
  const { [name]: _, ...revisions } = state.revisions;
  const { [name]: __, ...split } = state.split;
  return { ...state, revisions, split, test: state.test === name ? null : state.test };
}
