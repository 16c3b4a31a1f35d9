/** What a child does: read what it is, import the main module, find its target, run it. */
import * as fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { inspect } from 'node:util';
import { OWN_HANDLE } from '../../../base/environment.ts';
import { TargetError } from '../../core/errors/errors.ts';
import { checkGuarded } from '../../core/functions/bootstrapping.ts';
import { load } from '../../core/functions/load.ts';
import { lookupsEnded } from '../../core/functions/lookups.ts';
import { becomeChild } from '../../core/functions/main.ts';
import { resolveReference } from '../../core/functions/resolve.ts';
import { inheritSession, memory, whenOpened } from '../../core/handles/instance.ts';
import { decodeValue } from '../../core/messages/messages.ts';
import { runTask } from '../../core/tasks/task.ts';
import { setAuthKey } from './authkey.ts';
import { leaveChildren } from './children.ts';
import { currentProcess, ParentProcess, setCurrentProcess, setParentProcess } from './current.ts';
import { getLogger, inheritLogSettings } from './logging.ts';
import { Process } from './process.ts';
import { current, newState } from './state.ts';
import { isService, publishTargetStart } from './target-start.ts';
import { letGoOfTerminals } from './terminals.ts';
import { watchTermination } from './termination.ts';
import { CONTROL_FD, MEMORY_FD, REPLY, type StartHeader, type StartPayload } from './wire.ts';

/** Entry of `dist/runtime-child.cjs`. */
export function runChild(): void {
  const { header, payload } = readStart();
  reply(REPLY.begun);
  become(header);
  run(header, payload).then(ended, (error: unknown) => fail(header, error));
}

async function run(header: StartHeader, payload: Buffer): Promise<void> {
  const { main } = header;
  if (main !== undefined)
    await load(main.commonjs ? main.path : pathToFileURL(main.path).href, main.commonjs);
  checkGuarded();
  const target = header.target && (await resolveReference(header.target, 'Process target', load));
  const subclass = header.subclass && (await resolveReference(header.subclass, 'the Process subclass', load));
  reply(REPLY.found);
  const { args, kwargs, fields } = decodeValue(payload) as StartPayload;
  await lookupsEnded();
  reply(REPLY.opened);
  const object = Object.create((subclass ?? Process).prototype as object) as Process;
  setCurrentProcess(object, newState({ name: header.name, daemon: header.daemon, target, args, kwargs }));
  Object.assign(object, fields);
  getLogger().info('child process calling run()');
  if (!isService(target)) publishTargetStart();
  await runTask(async () => await object.run());
}

let finished = false;
function ended(): void {
  finished = true;
}

// An awaited promise that nothing can settle any more lets the loop run empty; silence would look like success.
function watchUnfinished(name: string): void {
  let drained = false;
  process.on('beforeExit', () => {
    drained = true;
  });
  process.on('exit', (code) => {
    if (finished || !drained || code !== 0) return;
    fs.writeSync(2, `Process ${name}: its target waits for a promise that nothing will ever settle\n`);
    process.exitCode = 13;
  });
}

function fail(header: StartHeader, error: unknown): void {
  const { name, message } = error instanceof Error ? error : new Error(inspect(error));
  reply(REPLY.failed + JSON.stringify({ name, message }));
  finished = true;
  // The parent rejects `start` with the same words.
  if (header.confirm && error instanceof TargetError) process.exit(1);
  writeError(
    `Process ${header.name}:\n${error instanceof Error ? inspect(error) : `Uncaught ${inspect(error)}`}\n`,
  );
  process.exit(1);
}

/** To the descriptor itself, so that it is out before the parent sees the exit. A closed stderr is no reason to fail. */
function writeError(text: string): void {
  try {
    fs.writeSync(2, text);
  } catch {
    // nobody listens
  }
}

/** The parent's first message, read before anything else happens. */
function readStart(): { header: StartHeader; payload: Buffer } {
  const lengths = readExactly(8);
  const head = readExactly(lengths.readUInt32LE(0));
  const payload = readExactly(lengths.readUInt32LE(4));
  return { header: JSON.parse(head.toString('utf8')) as StartHeader, payload };
}

function readExactly(length: number): Buffer {
  const bytes = Buffer.alloc(length);
  for (let done = 0; done < length; ) {
    const count = fs.readSync(CONTROL_FD, bytes, done, length - done, null);
    if (count === 0) process.exit(1); // the parent died while it started us
    done += count;
  }
  return bytes;
}

function reply(line: string): void {
  try {
    fs.writeSync(CONTROL_FD, `${line}\n`);
  } catch {
    // The parent is gone; its watcher ends this process.
  }
}

function become(header: StartHeader): void {
  becomeChild(header.main);
  current.name = header.name;
  current.daemon = header.daemon;
  setAuthKey(Buffer.from(header.authkey, 'hex'));
  inheritLogSettings(header.log);
  if (header.session !== undefined) inheritSession({ ...header.session, fd: MEMORY_FD });
  if (header.main !== undefined) process.argv[1] = header.argv[0] ?? header.main.path;
  process.title = `node ${path.basename(header.argv[0] ?? '')} [${header.name}]`;
  watchParent(header);
  watchUnfinished(header.name);
  letGoOfTerminals();
  setCurrentProcess(
    currentProcess(),
    newState({ name: header.name, daemon: header.daemon, target: undefined, args: [], kwargs: undefined }),
  );
}

/** Where the parent ends, however it ends, this process does too: by the closed channel, or in a slice of a wait. */
function watchParent(header: StartHeader): void {
  const control = new net.Socket({ fd: CONTROL_FD, readable: true, writable: false });
  // It tells of the parent's end only, which ends this process.
  Object.defineProperty(control, Symbol.for(OWN_HANDLE), { value: true });
  const gone = new Promise<void>((resolve) => control.once('close', () => resolve()));
  control.on('error', () => {});
  watchTermination(control);
  control.resume().unref();
  void gone.then(() => setImmediate(endAsOrphan));
  setParentProcess(ParentProcess.of(header.parent.pid, header.parent.name, gone));
  whenOpened(() => {
    const { waits } = memory();
    waits.onWaitStep = () => {
      if (process.ppid !== header.parent.pid) endAsOrphan();
    };
  });
}

/** Without waiting for the own children: they learn of this end as this process learnt of its parent's. */
function endAsOrphan(): void {
  leaveChildren();
  process.exit(1);
}
