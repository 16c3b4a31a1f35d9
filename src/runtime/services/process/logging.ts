/** The runtime's own log, as Python's `multiprocessing.get_logger()`: silent until a handler is added. */
import * as fs from 'node:fs';
import { format } from 'node:util';
import { ValueError } from '../../core/errors/errors.ts';
import { current } from './state.ts';

/** Levels as Python numbers them. */
export const LOG_LEVELS = {
  NOTSET: 0,
  SUBDEBUG: 5,
  DEBUG: 10,
  INFO: 20,
  SUBWARNING: 25,
  WARNING: 30,
  ERROR: 40,
  CRITICAL: 50,
} as const;
export type LogLevel = keyof typeof LOG_LEVELS | number;

export interface LogRecord {
  readonly level: number;
  readonly levelName: string;
  readonly processName: string;
  readonly message: string;
}
export type LogHandler = (record: LogRecord) => void;

class Logger {
  readonly name = 'multiprocessing';
  /** No other logger gets what this one gets. */
  readonly propagate = false;
  readonly handlers: LogHandler[] = [];
  #level: number = LOG_LEVELS.NOTSET;

  get level(): number {
    return this.#level;
  }

  /** Children inherit it. @throws ValueError for an unknown level */
  setLevel(level: LogLevel): void {
    const value = typeof level === 'number' ? level : LOG_LEVELS[level];
    if (!Number.isInteger(value) || value < 0) throw new ValueError(`unknown level: ${String(level)}`);
    this.#level = value;
  }

  /** The lowest level that is logged: WARNING where none is set, as of Python's root logger. */
  getEffectiveLevel(): number {
    return this.#level === LOG_LEVELS.NOTSET ? LOG_LEVELS.WARNING : this.#level;
  }

  isEnabledFor(level: number): boolean {
    return this.handlers.length > 0 && level >= this.getEffectiveLevel();
  }

  addHandler(handler: LogHandler): void {
    if (!this.handlers.includes(handler)) this.handlers.push(handler);
  }
  removeHandler(handler: LogHandler): void {
    const index = this.handlers.indexOf(handler);
    if (index >= 0) this.handlers.splice(index, 1);
  }

  log(level: LogLevel, message: string, ...args: unknown[]): void {
    const value = typeof level === 'number' ? level : LOG_LEVELS[level];
    if (!this.isEnabledFor(value)) return;
    const name = Object.entries(LOG_LEVELS).find(([, number]) => number === value)?.[0] ?? `Level ${value}`;
    const record = {
      level: value,
      levelName: name,
      processName: current.name,
      message: format(message, ...args),
    };
    for (const handler of this.handlers) handler(record);
  }
  debug(message: string, ...args: unknown[]): void {
    this.log('DEBUG', message, ...args);
  }
  info(message: string, ...args: unknown[]): void {
    this.log('INFO', message, ...args);
  }
  warning(message: string, ...args: unknown[]): void {
    this.log('WARNING', message, ...args);
  }
  error(message: string, ...args: unknown[]): void {
    this.log('ERROR', message, ...args);
  }
  critical(message: string, ...args: unknown[]): void {
    this.log('CRITICAL', message, ...args);
  }
}

export type { Logger };

const logger = new Logger();

/** The logger of the runtime in this process. */
export function getLogger(): Logger {
  return logger;
}

/** Lets the logger write `[LEVEL/process] message` to stderr, here and in children started from now on. */
export function logToStderr(level?: LogLevel): Logger {
  if (level !== undefined) logger.setLevel(level);
  logger.addHandler(writeToStderr);
  return logger;
}

/** To the descriptor itself: a process that ends or blocks next would not flush a stream. */
function writeToStderr({ levelName, processName, message }: LogRecord): void {
  try {
    fs.writeSync(2, `[${levelName}/${processName}] ${message}\n`);
  } catch {
    // A closed stderr is no reason to fail.
  }
}

/** What children inherit; undefined when nothing was set. */
export interface LogSettings {
  readonly level: number;
  readonly stderr: boolean;
}
export function logSettings(): LogSettings | undefined {
  const stderr = logger.handlers.includes(writeToStderr);
  return stderr || logger.level !== LOG_LEVELS.NOTSET ? { level: logger.level, stderr } : undefined;
}
export function inheritLogSettings(settings: LogSettings | undefined): void {
  if (settings === undefined) return;
  logger.setLevel(settings.level);
  if (!settings.stderr) return;
  logToStderr();
  process.once('exit', (code) => logger.info('process exiting with exitcode %d', code));
}
