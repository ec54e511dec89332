/** First in, first out, at constant cost. */
export interface ReadyQueue<T> {
  push(item: T): void;
  shift(): T | undefined;
  readonly size: number;
}

export function createReadyQueue<T>(): ReadyQueue<T> {
  let items: T[] = [];
  let head = 0;
  return {
    push: (item) => {
      items.push(item);
    },
    shift: () => {
      const item = items[head];
      head = Math.min(head + 1, items.length);
      if (head > 1024 && head * 2 > items.length) {
        items = items.slice(head);
        head = 0;
      }
      return item;
    },
    get size() {
      return items.length - head;
    },
  };
}
