import { SharedMemoryError } from '../../../shm/platform.ts';

/**
 * The runtime's errors carry Python's names, so that a program translated from Python finds what it catches. Which error it is
 * says the class, and a `code` where a class stands for several (OSError, SharedMemoryError); never the message, whose words
 * may change.
 */
class NamedError extends Error {
  constructor(message?: string, options?: ErrorOptions) {
    super(message, options);
    Object.defineProperty(this, 'name', { value: new.target.name, configurable: true, writable: true });
  }
}

/** A wrong value: a negative size, a closed handle, one release too many. */
export class ValueError extends NamedError {}
/** An index beyond the ends of an array or list. */
export class IndexError extends NamedError {}
/** What was given has not the methods that are needed. */
export class AttributeError extends NamedError {}
/** A call that the object's state does not allow (start twice, release by a stranger). */
export class AssertionError extends NamedError {}
/** `getNowait` or a timed `get` found nothing. */
export class Empty extends NamedError {}
/** `putNowait` or a timed `put` found no room. */
export class Full extends NamedError {}
/** `recv` on a pipe whose every writer has closed its end or died. */
export class EOFError extends NamedError {}
/** A wrong use of a connection's end, or a broken pipe (`code` `EPIPE`). */
export class OSError extends NamedError {
  /** The system's, as `EPIPE`; undefined where the system was not asked. */
  readonly code: string | undefined;
  constructor(message?: string, options?: ErrorOptions & { code?: string }) {
    super(message, options);
    this.code = options?.code;
  }
}
/** Something of that name exists already. */
export class FileExistsError extends OSError {}
/** Nothing of that name exists. */
export class FileNotFoundError extends OSError {}
/** A message was longer than the buffer given to `recvBytesInto`; `message` bytes are in `args[0]`. */
export class BufferTooShort extends NamedError {
  readonly args: readonly [Uint8Array];
  constructor(message: Uint8Array) {
    super(`a message of ${message.byteLength} bytes does not fit the buffer`);
    this.args = [message];
  }
}
/** The lock's holder died by a signal or a crash. The lock is free again; what it protected may be half done. */
export class OwnerDiedError extends NamedError {
  readonly pid: number;
  constructor(message: string, pid: number) {
    super(message);
    this.pid = pid;
  }
}
/** A barrier was aborted or reset, or somebody's wait at it timed out. */
export class BrokenBarrierError extends NamedError {}
/** The value cannot go to another process. Nothing was sent. */
export class SerializationError extends NamedError {}
/** The child could not find its target, or the parent saw that it will not. */
export class TargetError extends NamedError {}
/** A process was started while the child that would start it still imports the main module. */
export class BootstrapError extends NamedError {}
/** An argument of the wrong type: Python's TypeError, which is JavaScript's too. */
export class TypeMismatch extends TypeError {}
/** A worker of the pool died, so that results will not come; or the pool was terminated with results awaited. */
export class BrokenPoolError extends NamedError {}
/** A worker of the executor died; all that was pending is lost. */
export class BrokenProcessPool extends BrokenPoolError {}
/** A task's result cannot go to the parent; `exc` is why, `value` what it was, in words. */
export class MaybeEncodingError extends NamedError {
  readonly exc: string;
  readonly value: string;
  constructor(exc: string, value: string) {
    super(`error sending result: '${value}'. Reason: '${exc}'`);
    this.exc = exc;
    this.value = value;
  }
}
/** The stack in the worker of an error that a task threw: the `cause` of that error in the parent. */
export class RemoteTraceback extends NamedError {
  constructor(stack: string) {
    super(`in the worker process\n${stack}`);
    this.stack = `RemoteTraceback: ${this.message}`;
  }
}
/** The other side of a connection does not know the key. */
export class AuthenticationError extends NamedError {}
/** A manager's server refused a call: no such method, or no such object. */
export class RemoteError extends NamedError {}
/** A key that a manager's dict does not have. */
export class KeyError extends NamedError {}
/** The future was cancelled before it ran. */
export class CancelledError extends NamedError {}
/** The executor no longer takes work. */
export class RuntimeError extends NamedError {}
/** A time limit has passed. */
export class TimeoutError extends NamedError {}

/** All of them by name: an error that comes from another process gets its class back from here. */
export const RUNTIME_ERRORS = {
  BufferTooShort,
  MaybeEncodingError,
  OwnerDiedError,
  RemoteTraceback,
  SharedMemoryError,
  TypeMismatch,
  ValueError,
  AssertionError,
  Empty,
  Full,
  EOFError,
  OSError,
  FileExistsError,
  FileNotFoundError,
  SerializationError,
  TargetError,
  BootstrapError,
  TimeoutError,
  BrokenPoolError,
  BrokenProcessPool,
  CancelledError,
  RuntimeError,
  AuthenticationError,
  RemoteError,
  KeyError,
  BrokenBarrierError,
  IndexError,
  AttributeError,
} as const;
