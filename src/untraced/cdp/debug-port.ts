import net from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { programSystem } from '../system/index.ts';
import { NotInspectable, openInspector, portOf, urlAt } from './open.ts';

/** Milliseconds in which a process that runs JavaScript answers, in which it has moved its inspector, and between looks. */
const ANSWERS_WITHIN = 3000;
const MOVES_WITHIN = 20_000;
const LOOK_EVERY = 20;

/**
 * The port on which a debugger can attach to a process. An inspector that is closed is opened by SIGUSR1, and moved away from the
 * port on which all processes open theirs, so that the next one can open its own; it stays open.
 * @throws NotInspectable
 */
export async function debugPort(pid: number): Promise<number> {
  const { main, openedByUs, url } = await openInspector(pid, programSystem());
  const here = portOf(url);
  if (!openedByUs) {
    main.close();
    return here;
  }
  const there = await freePort();
  const expression = `(i=>{setImmediate(()=>{i.close();i.open(${there},'127.0.0.1')})})(require('node:inspector'))`;
  const asked = main.call('Runtime.evaluate', { expression, includeCommandLineAPI: true });
  const answered = asked.then(
    () => true,
    () => false,
  );
  const moves = await Promise.race([answered, delay(ANSWERS_WITHIN, false)]);
  main.close();
  // It runs no JavaScript just now: a debugger is as welcome at the port where it is.
  if (!moves) return here;
  const until = performance.now() + MOVES_WITHIN;
  while (performance.now() < until) {
    if ((await urlAt(there)) !== undefined) return there;
    await delay(LOOK_EVERY);
  }
  throw new NotInspectable('its inspector has gone away');
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = net.createServer().once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
