/** Items that wait for their turn. */
export interface PriorityQueue<T> {
  readonly push: (priority: number, item: T) => void;
  /** Takes out the item of the lowest priority, of equal ones the one that came first. */
  readonly pop: () => T | undefined;
}

/** A priority queue as a binary heap: both operations take time in proportion to the logarithm of the number of items. */
export function priorityQueue<T>(): PriorityQueue<T> {
  const heap: { readonly priority: number; readonly order: number; readonly item: T }[] = [];
  let pushed = 0;
  const isBefore = (i: number, j: number): boolean => {
    const one = heap[i]!;
    const other = heap[j]!;
    return one.priority < other.priority || (one.priority === other.priority && one.order < other.order);
  };
  const swap = (i: number, j: number) => ([heap[i], heap[j]] = [heap[j]!, heap[i]!]);
  const parentOf = (i: number) => (i - 1) >> 1;

  return {
    push(priority, item) {
      heap.push({ priority, order: pushed++, item });
      for (let i = heap.length - 1; i > 0 && isBefore(i, parentOf(i)); i = parentOf(i)) swap(i, parentOf(i));
    },
    pop() {
      if (heap.length > 1) swap(0, heap.length - 1);
      const first = heap.pop();
      for (let i = 0, child = 1; child < heap.length; i = child, child = 2 * i + 1) {
        if (child + 1 < heap.length && isBefore(child + 1, child)) child++;
        if (isBefore(i, child)) break;
        swap(i, child);
      }
      return first?.item;
    },
  };
}
