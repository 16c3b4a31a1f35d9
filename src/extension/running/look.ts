import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { LookWord } from '../../untraced/index.ts';
import { ownEnvironment } from '../run/environment.ts';

/** Last characters of what a look says on stderr that are told when it fails. */
const LONGEST_REASON = 500;

/**
 * A look at running programs by a process of our own, `forkscope look`: the extension host waits for none of it, and when the
 * window goes away the look ends, and closes what it has opened.
 */
export class Look {
  private readonly child: ChildProcess;
  private readonly told: AsyncIterator<string>;
  private readonly ended: Promise<unknown>;
  private complaint = '';
  private problem: Error | undefined;

  /**
   * @param node the user's Node
   * @param args of `forkscope look`
   */
  constructor(node: string, cli: string, args: readonly string[]) {
    this.child = spawn(node, [cli, 'look', ...args], {
      env: ownEnvironment(),
      stdio: ['pipe', 'pipe', 'pipe'],
      windowsHide: true,
    });
    const { child } = this;
    this.ended = new Promise((resolve) => child.once('close', resolve));
    child.on('error', (error) => {
      this.problem = error;
    });
    // It may have ended before it was told.
    child.stdin?.on('error', () => undefined);
    child.stderr?.on('data', (text: Buffer) => {
      this.complaint = `${this.complaint}${text}`.slice(-LONGEST_REASON);
    });
    if (child.stdout === null) throw new Error('forkscope look: no output');
    this.told = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  }

  /**
   * What it says next; `undefined`: nothing more.
   * @throws Error in words where it has failed
   */
  async next(): Promise<LookWord | undefined> {
    const { done, value } = await this.told.next();
    if (done !== true) return JSON.parse(value) as LookWord;
    await this.ended;
    if (this.problem) throw this.problem;
    if (this.child.exitCode !== 0 && this.child.signalCode === null)
      throw new Error(`forkscope look: ${this.complaint.trim() || this.child.exitCode}`);
    return undefined;
  }

  /** The user agrees to what it does. */
  go(): void {
    this.child.stdin?.write('go\n');
  }

  /** It ends as soon as everything that it has opened is closed. */
  stop(): void {
    this.child.stdin?.end();
  }
}
