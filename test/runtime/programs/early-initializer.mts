/** An initializer of which only a worker can tell that nothing exports it. */
import { isMain, Pool, TargetError } from 'forkscope';

const hidden = (): void => {};
export function fails(): void {
  throw new RangeError('no disk');
}

if (isMain(import.meta)) {
  for (const initializer of [hidden, fails]) {
    const problem: unknown = await Pool.create({ processes: 1, initializer }).catch((e: unknown) => e);
    const found = problem instanceof TargetError ? 'TargetError' : (problem as Error).message;
    console.log(JSON.stringify({ [initializer.name]: found }));
  }
}
