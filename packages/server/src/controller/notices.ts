/**
 * Who waits in this process for something that is written to the store. Only to be quicker than the next look at the store: a notice may be
 * missing (another server wrote) and may come for nothing.
 *
 * | topic | what may have changed |
 * |---|---|
 * | `queue` | jobs wait for runners |
 * | `project:<name>` | events, reruns, cancellations, results of jobs |
 * | `run:<id>` | events of a run |
 * | `stop:<id>` | whether a job in the queue is to end |
 * | `rollouts` | deployments, or what people say to them |
 * | `deployment:<id>` | events of a deployment |
 */
export interface Notices {
  notify(topic: NoticeTopic): void;
  /** Calls back on every notice. @returns ends it */
  watch(topic: NoticeTopic, onNotice: () => void): () => void;
  /** Resolves at the next notice, or when the signal says so. */
  next(topic: NoticeTopic, signal: AbortSignal): Promise<void>;
  /** Calls back on every notice of any topic. @returns ends it */
  watchAll(onNotice: (topic: NoticeTopic) => void): () => void;
  /** Only to the other servers: nobody here waits for it. */
  tellOthers(topic: NoticeTopic): void;
  /** What another server has told: it is not told to others again. */
  receive(topic: NoticeTopic): void;
  /** Where notices for other servers go; default nowhere. */
  forwardTo(forward: (topic: NoticeTopic) => void): void;
}

export type NoticeTopic =
  | 'queue'
  | `project:${string}`
  | `run:${number}`
  | `stop:${number}`
  | 'rollouts'
  | `deployment:${number}`;

export function createNotices(): Notices {
  const watchers = new Map<NoticeTopic, Set<() => void>>();
  const all = new Set<(topic: NoticeTopic) => void>();
  let forward: (topic: NoticeTopic) => void = () => {};
  const receive = (topic: NoticeTopic): void => {
    for (const onNotice of [...(watchers.get(topic) ?? [])]) onNotice();
    for (const onNotice of all) onNotice(topic);
  };
  const watch: Notices['watch'] = (topic, onNotice) => {
    const own = watchers.get(topic) ?? new Set();
    watchers.set(topic, own.add(onNotice));
    return () => {
      own.delete(onNotice);
      if (own.size === 0 && watchers.get(topic) === own) watchers.delete(topic);
    };
  };
  return {
    notify(topic) {
      receive(topic);
      forward(topic);
    },
    receive,
    tellOthers: (topic) => forward(topic),
    forwardTo(to) {
      forward = to;
    },
    watch,
    watchAll(onNotice) {
      all.add(onNotice);
      return () => all.delete(onNotice);
    },
    next(topic, signal) {
      if (signal.aborted) return Promise.resolve();
      return new Promise((resolve) => {
        const end = (): void => {
          unwatch();
          signal.removeEventListener('abort', end);
          resolve();
        };
        const unwatch = watch(topic, end);
        signal.addEventListener('abort', end);
      });
    },
  };
}
