import { Gauge, type Registry } from 'prom-client';
import type { Store } from '../store/open-store.ts';

/** Deployments by how they stand, what share of the traffic rollouts have, and environments that are frozen: read when somebody asks. */
export function addDeliveryGauges(registry: Registry, store: Store): void {
  const registers = [registry];
  const labelNames = ['project', 'environment'] as const;
  new Gauge({
    name: 'slipway_deployments',
    help: 'Deployments by state: of those that have ended (completed, rolled-back, …) all that there ever were.',
    labelNames: [...labelNames, 'state'],
    registers,
    async collect() {
      const rows = await store
        .selectFrom('deployment')
        .select(['project', 'environment', 'state_kind', ({ fn }) => fn.countAll<number>().as('count')])
        .groupBy(['project', 'environment', 'state_kind'])
        .execute();
      this.reset();
      for (const { project, environment, state_kind: state, count } of rows) {
        this.set({ project, environment, state }, Number(count));
      }
    },
  });
  new Gauge({
    name: 'slipway_rollout_weight_percent',
    help: 'Share of the traffic that the new revision of a rollout under way has, by the word of its target.',
    labelNames,
    registers,
    async collect() {
      const rows = await store
        .selectFrom('deployment')
        .select(['project', 'environment', 'weight'])
        .where('finished_at', 'is', null)
        .where('weight', 'is not', null)
        .execute();
      this.reset();
      for (const { project, environment, weight } of rows) this.set({ project, environment }, weight ?? 0);
    },
  });
  new Gauge({
    name: 'slipway_environment_frozen',
    help: '1 while an environment takes no deployment because something stranded.',
    labelNames,
    registers,
    async collect() {
      const rows = await store
        .selectFrom('rollout_environment')
        .select(['project', 'name', 'frozen'])
        .execute();
      this.reset();
      for (const { project, name: environment, frozen } of rows) {
        this.set({ project, environment }, frozen === null ? 0 : 1);
      }
    },
  });
}
