/** Starting the operating system's process: its command, descriptors and first message. */
import type { ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { Socket } from 'node:net';
import path from 'node:path';
import { childProcess, crypto } from '../../../base/builtins.ts';
import { type ChildInfo, RUNTIME_SPAWN_PREFIX } from '../../../base/channels.ts';
import { ENV_SESSION, ENV_SPAWN, OWN_HANDLE } from '../../../base/environment.ts';
import { SharedMemoryError } from '../../../shm/platform.ts';
import { tellPath } from '../../core/codec/path.ts';
import { channels, publishFrom } from '../../core/diagnostics/publish.ts';
import { errorClass } from '../../core/errors/error-classes.ts';
import type { Reference } from '../../core/functions/function-reference.ts';
import { mainModule, mainPath } from '../../core/functions/main.ts';
import { memory } from '../../core/handles/instance.ts';
import { discard } from '../../core/handles/transfer.ts';
import { type Encoded, encodeValue } from '../../core/messages/messages.ts';
import { authKey } from './authkey.ts';
import { childExecArgv } from './exec-argv.ts';
import { getExecutable } from './executable.ts';
import { logSettings } from './logging.ts';
import { current, type State } from './state.ts';
import { CONTROL_FD, frameStart, REPLY, type StartHeader, type StartPayload } from './wire.ts';

export interface Launch {
  readonly target: Reference | undefined;
  readonly subclass: Reference | undefined;
  readonly fields: Readonly<Record<string, unknown>>;
}

function encodePayload(payload: StartPayload): Encoded {
  try {
    return encodeValue(payload);
  } catch (error) {
    tellPath(error, '');
    throw error;
  }
}

/**
 * Starts the child of `state` and gives it what it needs. Resolves when the system has made the process; with `confirm`,
 * when the child has found its target.
 * @throws SerializationError for arguments that cannot travel, TargetError when the child reports that it found nothing
 */
export async function launch(
  state: State,
  what: Launch,
  confirm: boolean,
  onSpawn: () => void,
): Promise<void> {
  const session = sessionAddress();
  const payload: StartPayload = { args: state.args, kwargs: state.kwargs, fields: what.fields };
  const message = encodePayload(payload);
  const frame = frameStart(header(state, what, session, confirm), message.bytes.subarray(0, message.length));
  const spawnKey = RUNTIME_SPAWN_PREFIX + crypto().randomBytes(12).toString('hex');
  let child: ChildProcess;
  try {
    child = childProcess().spawn(
      getExecutable(),
      [...childExecArgv(), childScript(), ...process.argv.slice(2)],
      {
        stdio: ['ignore', 'inherit', 'inherit', 'pipe', ...(session === undefined ? [] : [session.fd])],
        env: childEnvironment(spawnKey),
        windowsHide: true,
      },
    );
    await spawned(child);
  } catch (error) {
    discard(message.blocks);
    throw error;
  }
  state.child = child;
  state.pid = child.pid ?? null;
  const info: ChildInfo = { spawnKey, pid: child.pid ?? 0, name: state.name, daemon: state.daemon };
  state.info = info;
  publishFrom(state.site, 'start', info, info.pid);
  onSpawn();
  const answer = converse(state, child, frame, message.blocks);
  child.unref();
  if (confirm) await answer;
}

/** The session that children join; without shared memory a process can still be started. */
function sessionAddress(): StartHeader['session'] {
  try {
    return memory().session.address;
  } catch (error) {
    if (error instanceof SharedMemoryError) return undefined;
    throw error;
  }
}

function header(state: State, what: Launch, session: StartHeader['session'], confirm: boolean): StartHeader {
  const main = mainPath();
  return {
    session,
    main: main === undefined ? undefined : { path: main, commonjs: mainModule() !== undefined },
    argv: process.argv.slice(1),
    name: state.name,
    daemon: state.daemon && !state.free,
    parent: { pid: process.pid, name: current.name },
    authkey: (state.authkey ?? authKey()).toString('hex'),
    log: logSettings(),
    confirm,
    target: what.target,
    subclass: what.subclass,
  };
}

/** `spawn` reports a missing binary or exhausted pids by an event. */
function spawned(child: ChildProcess): Promise<void> {
  if (child.pid !== undefined) return Promise.resolve();
  return new Promise((_resolve, reject) => child.once('error', reject));
}

/** Sends the first message and reads the child's word on it. Rejects with what the child says went wrong. */
function converse(
  state: State,
  child: ChildProcess,
  frame: Buffer,
  blocks: readonly number[],
): Promise<void> {
  const control = child.stdio[CONTROL_FD] as Socket;
  // What comes by it are words of the runtime: no code of the program waits for them.
  Object.defineProperty(control, Symbol.for(OWN_HANDLE), { value: true });
  let text = '';
  let flying = true;
  const land = (): void => {
    if (flying) discard(blocks);
    flying = false;
  };
  control.on('error', () => {}); // EPIPE: the child ended early; its exit says so
  control.write(frame);
  control.unref();
  const answer = new Promise<void>((resolve, reject) => {
    control.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      for (const line of takeLines()) {
        if (line === REPLY.begun) state.begun = true;
        else if (line === REPLY.opened) flying = false;
        else if (line === REPLY.found) resolve();
        else if (line.startsWith(REPLY.failed)) reject(failure(line.slice(REPLY.failed.length)));
      }
    });
    const over = (): void => {
      land();
      resolve();
    };
    child.once('exit', () => {
      // What the child wrote last may still be on its way to us; or the channel closed before the exit was told.
      if (control.closed) over();
      else control.ref().once('close', over);
    });
  });
  const takeLines = (): string[] => {
    const lines = text.split('\n');
    text = lines.pop() ?? '';
    return lines;
  };
  answer.catch(() => {});
  return answer;
}

/** What the child says went wrong, in its class if that is JavaScript's or the runtime's. */
function failure(json: string): Error {
  const { name, message } = JSON.parse(json) as { name: string; message: string };
  const error = new Error(message);
  const known = errorClass(name);
  if (known !== undefined) Object.setPrototypeOf(error, known.prototype);
  Object.defineProperty(error, 'name', { value: name, configurable: true, writable: true });
  return error;
}

/** In the bundle the child's entry lies beside it; from sources (tests under tsx) it is a TypeScript file. */
function childScript(): string {
  const beside = path.join(__dirname, 'runtime-child.cjs');
  return existsSync(beside) ? beside : path.join(__dirname, '../../child.ts');
}

/** The spawn key is only there when somebody observes, so that an ordinary run's environment is its own. */
function childEnvironment(spawnKey: string): NodeJS.ProcessEnv {
  const observed = channels.start.hasSubscribers || process.env[ENV_SESSION] !== undefined;
  return observed ? { ...process.env, [ENV_SPAWN]: spawnKey } : process.env;
}
