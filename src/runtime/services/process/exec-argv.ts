/** With which flags of Node a child runs. */

/** Flags that are about the parent's own script, or would make every child wait for a debugger or listen on one port. */
const OWN_FLAGS =
  /^(-e|-p|-pe|--eval|--print|-i|--interactive|-c|--check|--input-type|--test.*|--watch.*|--inspect.*|--run)(=|$)/;
const OWN_FLAGS_WITH_VALUE = /^(-e|-p|-pe|--eval|--print|--input-type|--test-[a-z-]+|--watch-path)$/;

/**
 * Node 20 can hang at its end: it waits for a compiler thread, which waits for a garbage collection that only the main
 * thread could do (nodejs/node#54918; of processes that end just when their code gets hot, 1 in 50). With room in its heap
 * the compiler does not ask; V8's own first limit is higher, but shrinks in the first seconds.
 */
const ROOM = '--initial-old-space-size=64';
const HANGS_AT_END = Number(process.versions.node.split('.')[0]) < 22;
const HEAP_FLAG = /^--(initial-old-space-size|initial-heap-size|max-old-space-size)(=|$)/;

/** The parent's interpreter flags, and with them its loaders. */
export function childExecArgv(): string[] {
  const kept: string[] = [];
  const own = process.execArgv;
  for (let i = 0; i < own.length; i++) {
    const flag = own[i] ?? '';
    if (!OWN_FLAGS.test(flag)) kept.push(flag);
    else if (OWN_FLAGS_WITH_VALUE.test(flag) && own[i + 1]?.startsWith('-') === false) i++;
  }
  if (HANGS_AT_END && !kept.some((flag) => HEAP_FLAG.test(flag))) kept.push(ROOM);
  return kept;
}
