import type { Recorder } from './recorder.ts';

/** Runs a probe's own work inside the user's call: whatever goes wrong is told in the trace and nowhere else. */
export function guarded<T>(
  shim: { readonly recorder: Recorder },
  probe: string,
  work: () => T,
): T | undefined {
  try {
    return work();
  } catch (error) {
    reportProblem(shim.recorder, probe, error);
    return undefined;
  }
}

export function reportProblem(recorder: Recorder, probe: string, error: unknown): void {
  try {
    const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    recorder.problem(`shim-${probe}`, message);
  } catch {
    // The trace cannot be written any more, and there is no other place to say so.
  }
}
