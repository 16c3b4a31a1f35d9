import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Invitation } from '../../session/launch/attendant.ts';
import { ownEnvironment } from '../run/environment.ts';

/**
 * The process that keeps the trace of a session whose processes a debugger starts: `forkscope attend`. It outlives this window, and
 * ends when the last process of the session has.
 */
export class Attendant {
  readonly dir: string;
  readonly invitation: Invitation;
  private readonly child: ChildProcess;

  private constructor(dir: string, invitation: Invitation, child: ChildProcess) {
    this.dir = dir;
    this.invitation = invitation;
    this.child = child;
  }

  /**
   * @param node the user's Node
   * @param args of `cli.js`
   * @throws Error in words for people
   */
  static async start(dir: string, node: string, args: readonly string[], cwd: string): Promise<Attendant> {
    const child = spawn(node, args, {
      cwd,
      env: ownEnvironment(),
      stdio: ['pipe', 'pipe', 'ignore'],
      detached: true,
      windowsHide: true,
    });
    // Gone before it was told: then there is nothing to tell.
    child.stdin.on('error', () => undefined);
    const answer = await firstLine(child);
    const told: Partial<Invitation> & { readonly problem?: string } = JSON.parse(answer);
    if (told.problem !== undefined || told.env === undefined) throw new Error(told.problem ?? answer);
    child.unref();
    return new Attendant(dir, told as Invitation, child);
  }

  /** Its pid, while it runs. */
  get pid(): number | undefined {
    return this.child.exitCode === null && this.child.signalCode === null ? this.child.pid : undefined;
  }

  /** The debugger ends the program. */
  stopping(): void {
    this.child.stdin?.write('stopping\n');
  }

  /** Nothing more will be started. */
  over(): void {
    this.child.stdin?.end('over\n');
  }
}

function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    const { stdout } = child;
    if (stdout === null) return;
    const lines = createInterface({ input: stdout });
    lines.once('line', (line) => {
      resolve(line);
      lines.close();
      stdout.resume();
    });
    child.once('exit', (code) => reject(new Error(`forkscope attend: ${code}`)));
  });
}
