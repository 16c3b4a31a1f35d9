/**
 * `terminate()` and SIGTERM listeners: Node calls them in its event loop, which a thread that stands in synchronous waits
 * may never reach. So a child says in shared memory whether it listens. Then the parent writes its request there, where
 * the next synchronous operation or slice of a wait finds it, and knocks at the control channel, where the loop does:
 * whoever is first calls the listeners. Without listeners, and from anybody else, it is the signal itself.
 */
import type { Socket } from 'node:net';
import { SLOT_COUNT } from '../../shm/layout.ts';
import { memory, openedMemory, whenOpened } from '../instance.ts';
import { leaveEncoded } from '../messages.ts';
import type { State } from './state.ts';
import { CONTROL_FD } from './wire.ts';

/** In the child, before anything of the user's runs. */
export function watchTermination(control: Socket): void {
  let listening = false;
  const tell = (): boolean => openedMemory()?.waits.listenToTermination(listening) === true;
  process.on('newListener', (event) => {
    if (event !== 'SIGTERM') return;
    listening = true;
    tell();
  });
  process.on('removeListener', (event) => {
    if (event !== 'SIGTERM' || process.listenerCount('SIGTERM') > 0) return;
    listening = false;
    // What was asked of the listeners is the system's now.
    if (tell()) process.kill(process.pid, 'SIGTERM');
  });
  whenOpened(() => {
    memory().waits.onTermination = () => {
      // What a `putSync` waits to send must not be overwritten by what a listener sends.
      leaveEncoded();
      process.emit('SIGTERM', 'SIGTERM');
    };
    tell();
  });
  control.on('data', () => openedMemory()?.waits.takeTermination());
}

/** In the parent. False: the child does not listen, and the signal is the way. */
export function askToEnd({ pid, child }: State): boolean {
  const memory = openedMemory();
  if (memory === undefined || pid === null || child === undefined) return false;
  for (let slot = 0; slot < SLOT_COUNT; slot++) {
    if (memory.slots.pid(slot) !== pid || !memory.waits.requestTermination(slot)) continue;
    (child.stdio[CONTROL_FD] as Socket).write('.');
    return true;
  }
  return false;
}
