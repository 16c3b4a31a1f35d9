import path from 'node:path';
import type { ShimOptions } from '../../base/environment.ts';
import { reasonOf } from '../../base/errors.ts';
import type { Finding, FindingOptions, Report } from '../../model/index.ts';
import { makeReport, safe } from '../../model/report/index.ts';
import { traceFolderIn } from '../../session/directory/timed-name.ts';
import {
  checkWritable,
  EXIT,
  giveWay,
  handOnSignals,
  type LaunchTarget,
  launch,
  type Program,
  Session,
  SignalWitness,
  shellCode,
  sweep,
  UserError,
  writeWhole,
} from '../../session/index.ts';
import { type FailOn, findingOptionsOf, type RunOptions } from '../arguments/options.ts';
import { say, sayError } from '../screen/terminal.ts';
import { watchView } from '../screen/watch.ts';
import { DiskWatch } from './disk-watch.ts';
import { FindingWatch } from './finding-watch.ts';
import { hold } from './hold.ts';
import { reportJson, reportText } from './report.ts';

const MEGABYTE = 1024 * 1024;
/** Milliseconds between looks at the trace where nobody watches: each look takes processor time from the program. */
const UNSEEN = 100;

/**
 * Runs a program under trace. Its stdout is its own, byte for byte; everything that Forkscope says goes to stderr.
 * @returns the program's exit code, `EXIT.deadlock` when it was killed because of one, or 0 when `hold` has waited for a key
 */
export async function run(target: LaunchTarget, options: RunOptions, bundles: string): Promise<number> {
  try {
    return await runTraced(target, options, bundles);
  } catch (error) {
    if (!options.hold || !(error instanceof UserError)) throw error;
    sayError(error.message);
    return (await hold()) ? 0 : error.exitCode;
  }
}

async function runTraced(target: LaunchTarget, options: RunOptions, bundles: string): Promise<number> {
  // Not after the program has run for hours.
  if (options.json !== undefined) checkWritable(options.json);
  const view = options.watch === true ? watchView() : undefined;
  let session: Session | undefined;
  const program = await launch({
    target,
    bundles,
    cwd: options.cwd,
    node: options.node,
    nodeArgs: options.nodeArg,
    trace: traceOf(target, options),
    shim: shimOptions(options),
    stdio: view?.stdio,
    traced: (pid) => session?.tracedThreads(pid),
  });
  giveWay();
  const witness = new SignalWitness(program.pid, () => session?.refresh());
  const signals = handOnSignals(program.child, witness.hasReceived, (signal) => program.interrupted(signal));
  session = openSession(
    program.dir,
    witness,
    findingOptionsOf(options),
    view === undefined ? UNSEEN : undefined,
  );
  const findings = session && new FindingWatch(session, program, options, view?.write ?? say);
  const disk = new DiskWatch(program.dir, view?.write ?? say);
  view?.attach(program.child, session);
  const status = await program.exited;
  await findings?.programEnded();
  await view?.drained(program.child);
  let unended: readonly number[] = [];
  reading(() => {
    unended = session?.unended() ?? [];
  });
  await program.finish(unended);
  disk.close();
  const failed = reading(() => session?.finish());
  view?.close();
  signals.close();
  const code = findings?.killed ? EXIT.deadlock : shellCode(status);
  const report = session === undefined || failed ? undefined : makeReport(session.model, session.now);
  const wrote = report === undefined || finishReport(report, program, options);
  session?.close();
  sweep(program.dir);
  // An editor would tell of a terminal that ends with a code as of a crash, after everything has been read.
  if (options.hold && !signals.hungUp && (await hold())) return 0;
  const failing = failingCode(code, report, options.failOn);
  return failing !== 0 || wrote ? failing : EXIT.unwritten;
}

/** @returns the program's `code`, or `EXIT.findings` in its place where `failOn` asks for that */
function failingCode(code: number, report: Report | undefined, failOn: FailOn | undefined): number {
  if (report === undefined || code === EXIT.deadlock) return code;
  if (failOn === 'open-handles' && tellStopped(report)) return EXIT.findings;
  return code === 0 && report.findings.some((finding) => fails(finding, failOn)) ? EXIT.findings : code;
}

/** The program runs already: a trace that can't be read (its folder deleted, the disk full) must not end the tool. */
function openSession(
  dir: string,
  witness: SignalWitness,
  findings: FindingOptions,
  lookEvery: number | undefined,
): Session | undefined {
  let session: Session | undefined;
  reading(() => {
    session = Session.open(dir, {
      onRecord: witness.onRecord,
      findings,
      timeline: false,
      ...(lookEvery !== undefined && { lookEvery }),
    });
    session.onFailed((error) => say(`forkscope: the trace can't be read any more: ${reasonOf(error)}\n`));
  });
  return session;
}

/** @returns true when it failed, which has then been said */
function reading(act: () => void): boolean {
  try {
    act();
    return false;
  } catch (error) {
    say(`forkscope: the trace can't be read: ${reasonOf(error)}\n`);
    return true;
  }
}

/** Where the trace goes; `undefined`: into the temporary folder. */
function traceOf(target: LaunchTarget, { trace, traces }: RunOptions): string | undefined {
  if (traces === undefined) return trace;
  const name =
    target.kind === 'script'
      ? path.basename(target.file)
      : [path.basename(target.command), ...target.args].join(' ');
  return traceFolderIn(traces, name, process.pid, new Date());
}

/** What is recorded of the program. */
export function shimOptions(options: RunOptions): Partial<ShimOptions> {
  const { include, exclude, stdio, callSites, awaits = false, maxStreamSize } = options;
  return {
    include,
    exclude,
    stdio,
    callSites,
    awaits,
    ...(maxStreamSize !== undefined && { maxStreamBytes: maxStreamSize * MEGABYTE }),
  };
}

/** @returns false when the wanted JSON could not be written, which has then been said */
function finishReport(report: Report, program: Program, options: RunOptions): boolean {
  if (options.report) {
    say(reportText(report, process.stderr));
    if (program.left.length > 0) say(`forkscope: still running: ${program.left.join(', ')}\n`);
    if (options.trace === undefined) say(`forkscope: trace: ${program.dir}\n`);
  }
  const { json } = options;
  if (json === undefined) return true;
  try {
    writeWhole(json, (file) => file.write(reportJson(report)));
    return true;
  } catch (error) {
    say(`forkscope: ${reasonOf(error)}\n`);
    return false;
  }
}

/** Says what kept the program alive where it had to be stopped. False: it ended by itself, or had work to do. */
function tellStopped({ processes }: Report): boolean {
  const stopped = processes.filter(({ keptAlive, end }) => keptAlive !== '' && end !== null);
  for (const { name, keptAlive } of stopped)
    say(`forkscope: ${safe(name)} had to be stopped: it was kept alive by ${safe(keptAlive)}\n`);
  return stopped.length > 0;
}

function fails({ certainty, blocking }: Finding, failOn: FailOn | undefined): boolean {
  if (failOn === undefined) return false;
  return failOn === 'hazard' || (blocking && (failOn !== 'certain' || certainty === 'certain'));
}
