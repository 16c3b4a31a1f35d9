import type { Translate } from './translate.ts';

/** `worker-1`, `thread resizer of main.ts`: who it is, in a sentence. `thread`: `null` for a main thread. */
export function whoText(t: Translate, process: string, thread: string | null): string {
  return thread === null ? process : t('thread {0} of {1}', thread, process);
}

/** `client → api-server (127.0.0.1:8080)`: a connection by its ends. */
export function connectionName(client: string, server: string, address: string): string {
  return `${client} → ${server} (${address})`;
}

/** An async task of somebody: by the name that the program gave it, else by its number. */
export function taskText(t: Translate, task: string | number, who: string): string {
  return typeof task === 'string' ? t('task “{0}” of {1}', task, who) : t('task {0} of {1}', task, who);
}

/** How a main thread is called among the threads of its process. */
export function mainThreadText(t: Translate): string {
  return t('main thread');
}
