/**
 * Strongly connected components that contain a cycle (Tarjan, iterative: a chain of waits may be long). Members come in the
 * order of a walk along the edges, starting at the smallest, so that a cycle reads as a cycle.
 */
export function components<T extends { readonly id: string }>(
  nodes: readonly T[],
  next: (node: T) => T[],
): T[][] {
  const sorted = [...nodes].sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
  const edges = new Map(sorted.map((node) => [node, next(node)]));
  const found: T[][] = [];
  for (const members of tarjan(sorted, edges)) {
    const set = new Set(members);
    const first = members[0] as T;
    if (members.length === 1 && !(edges.get(first) ?? []).includes(first)) continue;
    found.push(walk(set, edges));
  }
  return found.sort((a, b) => ((a[0] as T).id < (b[0] as T).id ? -1 : 1));
}

function walk<T extends { readonly id: string }>(set: ReadonlySet<T>, edges: ReadonlyMap<T, T[]>): T[] {
  const start = [...set].reduce((least, node) => (node.id < least.id ? node : least));
  const order = new Set<T>();
  const todo = [start];
  for (let node = todo.pop(); node !== undefined; node = todo.pop()) {
    if (order.has(node)) continue;
    order.add(node);
    for (const other of [...(edges.get(node) ?? [])].reverse()) if (set.has(other)) todo.push(other);
  }
  return [...order];
}

function tarjan<T>(nodes: readonly T[], edges: ReadonlyMap<T, T[]>): T[][] {
  const index = new Map<T, number>();
  const low = new Map<T, number>();
  const onStack = new Set<T>();
  const stack: T[] = [];
  const found: T[][] = [];
  for (const root of nodes) {
    if (index.has(root)) continue;
    const frames: { node: T; at: number }[] = [{ node: root, at: 0 }];
    while (frames.length > 0) {
      const frame = frames[frames.length - 1] as { node: T; at: number };
      const { node } = frame;
      if (frame.at === 0) {
        index.set(node, index.size);
        low.set(node, index.get(node) as number);
        stack.push(node);
        onStack.add(node);
      }
      const other = (edges.get(node) ?? [])[frame.at++];
      if (other === undefined) {
        frames.pop();
        const parent = frames[frames.length - 1]?.node;
        if (parent !== undefined)
          low.set(parent, Math.min(low.get(parent) as number, low.get(node) as number));
        if (low.get(node) === index.get(node)) found.push(popUntil(stack, onStack, node));
      } else if (!index.has(other)) {
        frames.push({ node: other, at: 0 });
      } else if (onStack.has(other)) {
        low.set(node, Math.min(low.get(node) as number, index.get(other) as number));
      }
    }
  }
  return found;
}

function popUntil<T>(stack: T[], onStack: Set<T>, node: T): T[] {
  const members: T[] = [];
  for (;;) {
    const top = stack.pop() as T;
    onStack.delete(top);
    members.push(top);
    if (top === node) return members;
  }
}
