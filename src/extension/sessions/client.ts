import { Worker } from 'node:worker_threads';
import * as l10n from '@vscode/l10n';
import type { Disposable } from '../../base/disposables.ts';
import { Emitter } from '../../base/events.ts';
import type {
  FindingSettings,
  QueryName,
  SessionQueries,
  SessionUpdate,
  WorkerRequest,
  WorkerResponse,
} from '../../protocol/session.ts';
import type { SessionReader } from './entry.ts';

/** Megabytes of heap that a worker may take: the columns of ten million slices stay well below. */
const MOST_MEMORY_MB = 4096;

interface Pending {
  resolve(result: SessionQueries[QueryName]['result']): void;
  reject(error: Error): void;
}

/**
 * A session that is tailed and modelled by a worker thread, so that the extension host stays responsive. When the worker
 * fails, questions are refused with its message and `onFailure` is told; nothing else breaks.
 */
export class SessionClient implements SessionReader {
  private readonly worker: Worker;
  private readonly updates = new Emitter<SessionUpdate>();
  private readonly failures = new Emitter<string>();
  private readonly pending = new Map<number, Pending>();
  private nextId = 1;
  private failure: string | undefined;
  private update: SessionUpdate | undefined;

  /** @param script the built `worker.cjs` */
  constructor(dir: string, script: string, findings: FindingSettings) {
    this.worker = new Worker(script, {
      name: 'forkscope-session',
      resourceLimits: { maxOldGenerationSizeMb: MOST_MEMORY_MB },
    });
    this.worker.on('message', (response: WorkerResponse) => this.receive(response));
    this.worker.on('error', (error) => this.fail(error.message));
    this.worker.on('exit', () => this.fail(l10n.t('The reader of the trace has ended.')));
    this.send({ type: 'open', dir, findings });
  }

  get lastUpdate(): SessionUpdate | undefined {
    return this.update;
  }

  /** Why nothing more comes, or `undefined`. */
  get problem(): string | undefined {
    return this.failure;
  }

  onUpdate(listener: (update: SessionUpdate) => void): Disposable {
    return this.updates.on(listener);
  }

  onFailure(listener: (message: string) => void): Disposable {
    return this.failures.on(listener);
  }

  /** Resolves with the first update. Rejects with a message for users when the trace can't be read. */
  opened(): Promise<SessionUpdate> {
    if (this.update) return Promise.resolve(this.update);
    if (this.failure !== undefined) return Promise.reject(new Error(this.failure));
    return new Promise((resolve, reject) => {
      const done = (settle: () => void) => {
        first.dispose();
        failed.dispose();
        settle();
      };
      const first = this.onUpdate((update) => done(() => resolve(update)));
      const failed = this.onFailure((message) => done(() => reject(new Error(message))));
    });
  }

  query<Q extends QueryName>(name: Q, args: SessionQueries[Q]['args']): Promise<SessionQueries[Q]['result']> {
    if (this.failure !== undefined) return Promise.reject(new Error(this.failure));
    const id = this.nextId++;
    return new Promise<SessionQueries[Q]['result']>((resolve, reject) => {
      // The worker answers a question of this id with the result of its name.
      this.pending.set(id, { resolve: (result) => resolve(result as SessionQueries[Q]['result']), reject });
      this.send({ type: 'query', id, name, args });
    });
  }

  /** A session that nobody looks at is read at a lower rate. */
  setVisible(visible: boolean): void {
    this.send({ type: 'visible', visible });
  }

  dispose(): void {
    this.fail(l10n.t('The session was closed.'));
    this.send({ type: 'dispose' });
    this.worker.removeAllListeners();
    this.worker.on('error', () => undefined);
    void this.worker.terminate();
    this.updates.dispose();
    this.failures.dispose();
  }

  private send(request: WorkerRequest): void {
    this.worker.postMessage(request);
  }

  private receive(response: WorkerResponse): void {
    switch (response.type) {
      case 'update':
        this.update = response.update;
        this.updates.fire(response.update);
        break;
      case 'answer':
        this.take(response.id)?.resolve(response.result);
        break;
      case 'refused':
        this.take(response.id)?.reject(new Error(response.message));
        break;
      case 'failed':
        this.fail(response.message);
        break;
    }
  }

  private take(id: number): Pending | undefined {
    const pending = this.pending.get(id);
    this.pending.delete(id);
    return pending;
  }

  private fail(message: string): void {
    if (this.failure !== undefined) return;
    this.failure = message;
    for (const { reject } of this.pending.values()) reject(new Error(message));
    this.pending.clear();
    this.failures.fire(message);
  }
}
