import type { Disposable } from '../../base/disposables.ts';
import { Witness } from '../../session/directory/witness.ts';

/** What this window tells traces about processes that it holds: a file for each trace. */
export class Witnesses implements Disposable {
  private readonly byDir = new Map<string, Witness | undefined>();

  tell(dir: string, ...told: Parameters<Witness['tell']>): void {
    if (!this.byDir.has(dir)) this.byDir.set(dir, Witness.of(dir));
    this.byDir.get(dir)?.tell(...told);
  }

  dispose(): void {
    for (const witness of this.byDir.values()) witness?.close();
  }
}
