import { run } from './run-program.ts';

/** Runs a program that prints facts as JSON objects, one a line, and returns them as one. Rejects when it fails. */
export async function facts(
  program: string,
  args: readonly string[] = [],
  flags: readonly string[] = [],
  limitMs?: number,
): Promise<Record<string, unknown>> {
  const { lines, code, signal, stderr } = await run(program, args, flags, limitMs);
  if (code !== 0) throw new Error(`${program} ended with ${code ?? signal}\n${lines.join('\n')}\n${stderr}`);
  return Object.assign({}, ...lines.map((line) => JSON.parse(line) as object)) as Record<string, unknown>;
}
