// Objects of the runtime that belong to their process, each tried as an item, deep in one, as an argument and over a socket.
import {
  BaseManager,
  Client,
  isMain,
  Listener,
  Lock,
  ParentProcess,
  Pool,
  Process,
  ProcessPoolExecutor,
  Queue,
} from 'forkscope';
import { tell } from './tell.ts';

export const square = (x: number): number => x * x;
export class Worker extends Process {
  readonly own = 1;
  other: Process | undefined;
}

async function errorOf(action: () => unknown): Promise<string> {
  try {
    await action();
    return 'none';
  } catch (error) {
    return String(error);
  }
}

async function main(): Promise<void> {
  await using pool = await Pool.create(1);
  await using executor = new ProcessPoolExecutor({ maxWorkers: 1 });
  using listener = await Listener.create({ family: 'AF_INET' });
  const accepted = listener.accept();
  using client = await Client(listener.address);
  using server = await accepted;
  const owner = new Worker();
  owner.other = new Process();
  const objects: Record<string, object> = {
    Process: new Process(),
    Worker: new Worker(),
    ParentProcess: Object.create(ParentProcess.prototype) as object,
    Pool: pool,
    AsyncResult: pool.applyAsync(square, [2]),
    ResultIterator: pool.imap(square, []),
    ProcessPoolExecutor: executor,
    Future: executor.submit(square, 3),
    BaseManager: new BaseManager(),
    Listener: listener,
    SocketConnection: server,
    LockGuard: await new Lock().acquire(),
  };
  const queue = new Queue<unknown>();
  for (const [name, object] of Object.entries(objects)) {
    const process = new Process({ target: square, args: [object as unknown as number] });
    const errors = [
      await errorOf(() => queue.put(object)),
      await errorOf(() => queue.putSync({ deep: [object] })),
      await errorOf(() => process.start()),
      await errorOf(() => client.send(object)),
    ];
    tell({ [name]: errors });
  }
  tell({ field: await errorOf(() => owner.start()), left: queue.qsize() });
  await queue.put('fine');
  tell({ after: await queue.get(), alive: owner.isAlive() });
}
if (isMain(import.meta)) void main();
