// What this example uses of Forkscope's runtime, so that an editor knows it without an install.
declare module 'forkscope' {
  export class Lock {
    constructor(options?: { name?: string });
    acquire(): Promise<AsyncDisposable>;
  }
  export class Process {
    constructor(options: { target: (...args: never[]) => unknown; args?: readonly unknown[]; name?: string });
    start(): Promise<void>;
    join(): Promise<void>;
  }
  export function isMain(meta: ImportMeta): boolean;
}
