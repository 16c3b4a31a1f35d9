// Every error that a user can mend, with its words. Nothing decides by the words: `UserError.code` tells them apart.
import { codeOf, reasonOf } from '../../base/errors.ts';
import { EXIT, UserError } from './user-error.ts';

const OTHER_NODE = 'give another one with --node PATH';

export function notBuilt(missing: string): UserError {
  return new UserError('notBuilt', `Forkscope is not built: ${missing} is missing (npm run build)`);
}

/** The program's working folder is none. */
export function noSuchFolder(given: string): UserError {
  return new UserError('noSuchFolder', `no such folder: ${given}`);
}

export function noSuchScript(given: string, cause?: unknown): UserError {
  return new UserError('noSuchScript', `no such script: ${given}`, { cause });
}

export function scriptIsFolder(given: string): UserError {
  const hint = 'give the script to run';
  return new UserError('scriptIsFolder', `${given} is a directory`, { hint });
}

export function notAScript(given: string): UserError {
  const hint = 'run other programs with: forkscope run -- command args…';
  return new UserError('notAScript', `${given} is not a TypeScript or JavaScript file`, { hint });
}

export function unreadableScript(given: string, cause: unknown): UserError {
  return new UserError('unreadableScript', `can't read ${given}: ${reasonOf(cause)}`, { cause });
}

export function noSuchCommand(command: string, cause: unknown): UserError {
  return new UserError('noSuchCommand', `no such command: ${command}`, { exitCode: EXIT.notFound, cause });
}

/** The command is there, but the system does not start it. */
export function notExecutable(command: string, cause: unknown): UserError {
  const problem = `can't start ${command}: ${reasonOf(cause)}`;
  return new UserError('notExecutable', problem, { exitCode: EXIT.notExecutable, cause });
}

export function noNode(executable: string, cause: unknown): UserError {
  const hint = 'install Node or give one with --node PATH';
  return new UserError('noNode', `no Node found (${executable})`, { hint, cause });
}

export function deniedNode(executable: string, cause: unknown): UserError {
  const problem = `${executable} can't be executed: permission denied`;
  return new UserError('deniedNode', problem, { hint: OTHER_NODE, cause });
}

/** @param answer what it said instead */
export function notANode(executable: string, answer: string, cause: unknown): UserError {
  const problem = `${executable} does not answer like a Node (${answer})`;
  return new UserError('notANode', problem, { hint: OTHER_NODE, cause });
}

/** @param oldest the first major version that can be traced */
export function oldNode(version: string, executable: string, oldest: number): UserError {
  const problem = `Node ${version} (${executable}) is too old: Forkscope needs Node ${oldest} or newer`;
  return new UserError('oldNode', problem, { hint: OTHER_NODE });
}

export function nodeWithoutTypeScript(version: string): UserError {
  const problem = `Node ${version} can't load TypeScript: it needs 20.6 or newer`;
  return new UserError('nodeWithoutTypeScript', problem, { hint: 'give one with --node PATH' });
}

export function traceNotAFolder(given: string): UserError {
  return new UserError('traceNotAFolder', `can't write the trace to ${given}: it is not a directory`);
}

export function traceNotEmpty(given: string): UserError {
  const hint = 'give a new or an empty folder for the trace';
  return new UserError('traceNotEmpty', `${given} is not empty`, { hint });
}

export function unwritableTrace(given: string, cause: unknown): UserError {
  const hint = codeOf(cause) === 'ENOSPC' ? 'give another one with --trace DIR' : undefined;
  return new UserError('unwritableTrace', `can't write the trace to ${given}: ${reasonOf(cause)}`, {
    hint,
    cause,
  });
}

export function outputIsFolder(given: string): UserError {
  return new UserError('outputIsFolder', `${given} is a directory`);
}

/** @param exitCode `EXIT.usage` before the work, `EXIT.unwritten` after it */
export function unwritableOutput(given: string, cause: unknown, exitCode: number): UserError {
  return new UserError('unwritableOutput', `can't write ${given}: ${reasonOf(cause)}`, { exitCode, cause });
}

/** A running program cannot be looked into. @param why in words */
export function notInspectable(pid: number, why: string, cause: unknown): UserError {
  return new UserError('notInspectable', `can't inspect process ${pid}: ${why}`, { cause });
}

/** What would be done to a program needs a yes, and there is no terminal to ask on. */
export function consentNeeded(): UserError {
  const hint = 'give --yes if it may be done';
  return new UserError('consentNeeded', 'nobody can be asked here', { hint });
}

/** @param cause why it can't be read, or what is wrong in it */
export function notAReport(file: string, cause: unknown): UserError {
  const hint = 'give the file of forkscope report --json';
  return new UserError('notAReport', `${file} is no report that can be read: ${reasonOf(cause)}`, {
    hint,
    cause,
  });
}

/** @param cause why it can't be read, or what is wrong in it */
export function notPacked(file: string, cause: unknown): UserError {
  const hint = 'give a folder with a trace, or the file of forkscope pack';
  return new UserError('notPacked', `${file} is no packed trace that can be read: ${reasonOf(cause)}`, {
    hint,
    cause,
  });
}

/** What is asked for has times of the wall clock, which only the launcher's file knows. */
export function unknownWallClock(): UserError {
  return new UserError('unknownWallClock', 'the trace does not say when it was recorded');
}

/** It would fill the disk. */
export function packedTooLarge(file: string): UserError {
  const hint = 'unpack it with tar and give the folder, if you trust it';
  return new UserError('packedTooLarge', `${file} holds more than is unpacked for looking at it`, { hint });
}
