import { t } from '@vscode/l10n';
import type { Finding } from '../../model/types/index.ts';
import { Labels } from '../../model/words/index.ts';
import type { SessionUpdate } from '../../protocol/session.ts';
import type { PackedFlows, PackedOverview, Structure } from '../../protocol/timeline.ts';
import type { RowView } from './rows.ts';
import { matchingResources, rowsOf } from './rows.ts';
import { SliceCache } from './slices.ts';
import { TileStore } from './tiles.ts';

const NO_STRUCTURE: Structure = { tracks: [], processes: [], resources: [], channels: [] };

/** What the page has received of the session that it shows. */
export class SessionData {
  readonly tiles = new TileStore();
  readonly slices = new SliceCache();
  structure: Structure = NO_STRUCTURE;
  labels = new Labels(t, NO_STRUCTURE);
  rows: readonly RowView[] = [];
  /** Index in `rows` by thread id. */
  rowIndex: ReadonlyMap<string, number> = new Map();
  /** Ids of resources whose name or kind contains the search text; empty without a search. */
  matched: ReadonlySet<string> = new Set();
  flows: PackedFlows | null = null;
  overview: PackedOverview | null = null;
  update: SessionUpdate | null = null;
  hasStructure = false;

  get last(): number {
    return this.update?.lastTime ?? 0;
  }
  get live(): boolean {
    return this.update?.live ?? false;
  }
  get findings(): readonly Finding[] {
    return this.update?.findings ?? [];
  }

  clear(): void {
    this.tiles.clear();
    this.slices.clear();
    this.flows = null;
    this.overview = null;
    this.update = null;
    this.hasStructure = false;
    this.structure = NO_STRUCTURE;
    this.labels = new Labels(t, NO_STRUCTURE);
    this.rows = [];
    this.rowIndex = new Map();
  }

  setStructure(structure: Structure): void {
    this.structure = structure;
    this.hasStructure = true;
    this.labels = new Labels(t, structure);
  }

  /** Makes the rows anew; to be called when the structure, the search or the collapsed tracks have changed. */
  layout(collapsed: ReadonlySet<string>, search: string): void {
    const text = search.trim().toLowerCase();
    this.rows = rowsOf(this.structure, collapsed, { text });
    this.rowIndex = new Map(this.rows.map((row, i) => [row.track.thread, i]));
    this.matched = matchingResources(this.structure, text);
  }
}
