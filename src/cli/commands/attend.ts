import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { attend, EXIT, giveWay, type LaunchTarget, Session, sweep, UserError } from '../../session/index.ts';
import { type AttendRunOptions, findingOptionsOf } from '../arguments/options.ts';
import { shimOptions } from './run.ts';

/** Milliseconds between looks at who is there. */
const LOOK_EVERY = 250;
/** Milliseconds in which whoever starts the program must have done so, once nobody can say any more that they will not. */
const PATIENCE = 30_000;

/**
 * What the editor says, a line each. `gone`: it goes away without a word, as a window that is reloaded: its debugger, which goes
 * with it, ends the processes that it is attached to.
 */
type Word = 'stopping' | 'over' | 'gone';

/**
 * Keeps a session for a program that the editor's debugger starts: tells on stdout, as one line of JSON, what the program needs
 * to belong to it (`Invitation`, or `{ problem }`), and ends when it was told that nothing more will come and nobody is left.
 */
export async function attendSession(
  target: LaunchTarget,
  options: AttendRunOptions,
  bundles: string,
): Promise<number> {
  let session: Session | undefined;
  try {
    const attendant = await attend({
      target,
      bundles,
      cwd: options.cwd,
      env: process.env,
      nodeOptions: options.nodeOptions ?? '',
      node: options.node,
      trace: options.trace,
      shim: shimOptions(options),
      traced: (pid) => session?.tracedThreads(pid),
    });
    giveWay();
    session = Session.open(attendant.dir, { findings: findingOptionsOf(options), timeline: false });
    const words = listen((word) => {
      if (word !== 'over') attendant.interrupted('SIGTERM');
    });
    process.stdout.write(`${JSON.stringify(attendant.invitation)}\n`);
    let began = performance.now();
    let seen = false;
    for (;;) {
      await sleep(LOOK_EVERY);
      attendant.joined(session.unended());
      if (words.isOver) await attendant.look();
      seen ||= attendant.isBusy;
      if (attendant.isBusy) began = performance.now();
      const patience = words.isGone && !seen ? PATIENCE : 0;
      if (words.isOver && !attendant.isBusy && performance.now() - began > patience) break;
    }
    await attendant.finish(session.unended());
    session.finish();
    sweep(attendant.dir);
    return 0;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    process.stdout.write(`${JSON.stringify({ problem: error.problem })}\n`);
    return EXIT.usage;
  } finally {
    session?.close();
  }
}

/** What was said so far. Whoever goes away without a word (a window that is reloaded) says nothing more. */
interface Words {
  readonly isOver: boolean;
  readonly isGone: boolean;
}

function listen(on: (word: Word) => void): Words {
  const words = { isOver: false, isGone: false };
  const lines = createInterface({ input: process.stdin });
  lines.on('line', (line) => {
    if (line === 'over') words.isOver = true;
    if (line === 'over' || line === 'stopping') on(line);
  });
  lines.on('close', () => {
    words.isGone = !words.isOver;
    words.isOver = true;
    if (words.isGone) on('gone');
  });
  // Those who end a session end its processes; this one tells how it was.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => {
      words.isOver = true;
    });
  return words;
}
