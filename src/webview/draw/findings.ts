import type { Finding } from '../../model/types/index.ts';
import { ROW_HEIGHT } from '../core/rows.ts';
import { xAt } from '../core/viewport.ts';
import type { Scene } from './scene.ts';

/** Frames the waits of blocking findings on their tracks, from when each began to now. */
export function drawFindings(ctx: CanvasRenderingContext2D, scene: Scene): void {
  for (const finding of scene.data.findings) {
    if (!finding.blocking && !isSelected(scene, finding)) continue;
    const color = finding.certainty === 'certain' ? scene.palette.error : scene.palette.warning;
    ctx.strokeStyle = color;
    ctx.lineWidth = isSelected(scene, finding) ? 2.5 : 1.5;
    ctx.setLineDash(finding.certainty === 'certain' ? [] : [4, 3]);
    for (const link of finding.chain) {
      const row = scene.data.rowIndex.get(link.thread);
      if (row === undefined) continue;
      const x = Math.max(-10, xAt(scene.view, scene.width, link.since));
      const end = Math.min(scene.width + 10, xAt(scene.view, scene.width, scene.data.last));
      if (x > scene.width || end < 0) continue;
      const y = row * ROW_HEIGHT - scene.scrollTop;
      ctx.beginPath();
      ctx.roundRect(x - 1, y + 2, Math.max(4, end - x + 2), ROW_HEIGHT - 4, 4);
      ctx.stroke();
    }
    ctx.setLineDash([]);
  }
}

function isSelected(scene: Scene, finding: Finding): boolean {
  return scene.selection?.type === 'finding' && scene.selection.id === finding.id;
}
