import type { StreamDefinition } from '../format/definitions.ts';

/** What can be told of a stream whose own definition is lost: its name holds the process key and the thread id. */
export function guessStream(name: string, session: string, version: number): StreamDefinition {
  const dot = name.lastIndexOf('.');
  const processKey = name.slice(0, dot);
  return {
    type: 'stream',
    version,
    session,
    stream: name,
    processKey,
    pid: Number.parseInt(processKey, 10),
    ppid: 0,
    threadId: Number(name.slice(dot + 1)),
    start: Number.parseInt(processKey.slice(processKey.indexOf('-') + 1), 36) || 0,
  };
}
