/** The types that every SyncManager has. */
import { DictObject, ListObject, NamespaceObject, ValueObject } from './objects.ts';
import { PoolObject } from './pool-object.ts';
import { makeType, type RegisteredType, type Registry, type TypeOptions } from './registry.ts';
import {
  BarrierObject,
  BoundedSemaphoreObject,
  ConditionObject,
  EventObject,
  LockObject,
  QueueObject,
  RLockObject,
  SemaphoreObject,
} from './sync-objects.ts';

const QUEUE = ['put', 'get', 'putNowait', 'getNowait', 'qsize', 'empty', 'full'] as const;
const POOL_RESULTS = {
  applyAsync: 'AsyncResult',
  mapAsync: 'AsyncResult',
  starmapAsync: 'AsyncResult',
  imap: 'Iterator',
  imapUnordered: 'Iterator',
};

function entry(
  typeid: string,
  make: (new (...args: never[]) => object) | undefined,
  options: TypeOptions = {},
): RegisteredType {
  return makeType(typeid, make, options);
}

class ArrayObject extends ListObject {
  constructor(_typecode: string, content: Iterable<unknown>) {
    super(content);
  }
}

export function standardTypes(): Registry {
  const all = [
    entry('dict', DictObject, { methodToTypeid: { iterate: 'Iterator' } }),
    entry('list', ListObject),
    entry('Namespace', NamespaceObject),
    entry('Value', ValueObject),
    entry('Array', ArrayObject),
    entry('Lock', LockObject),
    entry('RLock', RLockObject),
    entry('Semaphore', SemaphoreObject),
    entry('BoundedSemaphore', BoundedSemaphoreObject),
    entry('Condition', ConditionObject),
    entry('Event', EventObject),
    entry('Barrier', BarrierObject),
    entry('Queue', QueueObject, { exposed: QUEUE }),
    entry('JoinableQueue', QueueObject, { exposed: [...QUEUE, 'taskDone', 'join'] }),
    entry('Pool', PoolObject, { methodToTypeid: POOL_RESULTS }),
    entry('AsyncResult', undefined, { exposed: ['get', 'wait', 'ready', 'successful'] }),
    entry('Iterator', undefined, { exposed: ['next'] }),
  ];
  return new Map(all.map((type) => [type.typeid, type]));
}
