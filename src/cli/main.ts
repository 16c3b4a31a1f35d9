import { CommanderError } from 'commander';
import { EXIT, TraceError, UserError } from '../session/index.ts';
import { buildProgram } from './arguments/arguments.ts';
import { VERSION } from './arguments/version.ts';
import { report } from './commands/report.ts';
import { run } from './commands/run.ts';
import { withTrace } from './commands/trace-folder.ts';
import { view } from './commands/view.ts';
import { quietErrors, sayError } from './screen/terminal.ts';

/** The command line tool: parses, acts, and ends with the exit code that is due. */
async function main(argv: readonly string[]): Promise<void> {
  quietErrors();
  const program = buildProgram(
    {
      run: (target, options) => run(target, options, __dirname),
      report: (trace, options) => withTrace(trace, (dir) => report(dir, options)),
      view: (trace, options) => withTrace(trace, (dir) => view(dir, options)),
      // Loaded when they are wanted, as below.
      attend: async (target, options) =>
        (await import('./commands/attend.ts')).attendSession(target, options, __dirname),
      verify: async (trace, options) => {
        const { verify } = await import('./commands/verify.ts');
        return withTrace(trace, (dir) => verify(dir, options));
      },
      inspect: async (pid, options) => (await import('./commands/inspect.ts')).inspect(pid, options),
      stacks: async (what, options) => {
        const { stacks } = await import('./commands/stacks.ts');
        if (typeof what === 'number') return stacks(what, options);
        return withTrace(what, (dir) => stacks(dir, options));
      },
      look: async (pid, options) => (await import('./commands/look.ts')).look(pid, options),
      mcp: async (dirs, options) =>
        (await import('./commands/serve-agent.ts')).serveAgent(dirs, options, __dirname),
      export: async (trace, { output, format, redact }) => {
        // Loaded when it is wanted: every run would pay for its libraries.
        const { exportTrace } = await import('../session/export/index.ts');
        const how = { redact: redact === true, root: process.cwd(), version: VERSION };
        await withTrace(trace, (dir) => exportTrace(dir, output, format, how));
        return 0;
      },
      pack: async (dir, options) => (await import('./commands/pack.ts')).pack(dir, options),
    },
    (code) => {
      process.exitCode = code;
    },
  );
  try {
    await program.parseAsync(argv);
  } catch (error) {
    process.exitCode = exitCodeOf(error);
    const text = messageOf(error);
    if (text !== '') sayError(text);
  }
}

function exitCodeOf(error: unknown): number {
  // The parser ends by an error for --help and --version too; then its code is 0.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT.usage;
  if (error instanceof UserError) return error.exitCode;
  return error instanceof TraceError ? EXIT.usage : 1;
}

function messageOf(error: unknown): string {
  // The parser has said it already.
  if (error instanceof CommanderError) return '';
  if (error instanceof UserError || error instanceof TraceError) return error.message;
  return error instanceof Error ? `internal error: ${error.stack ?? error.message}` : String(error);
}

void main(process.argv);
