import type { Finding } from '../../model/types/index.ts';
import { ROW_HEIGHT } from '../core/rows.ts';
import { xAt } from '../core/viewport.ts';
import type { Frame } from './frame.ts';

/** Frames the waits of blocking findings on their tracks, from when each began to now. */
export function drawFindings(ctx: CanvasRenderingContext2D, frame: Frame): void {
  for (const finding of frame.data.findings) {
    if (!finding.blocking && !isSelected(frame, finding)) continue;
    const color = finding.certainty === 'certain' ? frame.palette.error : frame.palette.warning;
    ctx.strokeStyle = color;
    ctx.lineWidth = isSelected(frame, finding) ? 2.5 : 1.5;
    ctx.setLineDash(finding.certainty === 'certain' ? [] : [4, 3]);
    for (const link of finding.chain) {
      const row = frame.data.rowIndex.get(link.thread);
      if (row === undefined) continue;
      const x = Math.max(-10, xAt(frame.view, frame.width, link.since));
      const end = Math.min(frame.width + 10, xAt(frame.view, frame.width, frame.data.last));
      if (x > frame.width || end < 0) continue;
      const y = row * ROW_HEIGHT - frame.scrollTop;
      ctx.beginPath();
      ctx.roundRect(x - 1, y + 2, Math.max(4, end - x + 2), ROW_HEIGHT - 4, 4);
      ctx.stroke();
    }
    ctx.setLineDash([]);
  }
}

function isSelected(frame: Frame, finding: Finding): boolean {
  return frame.selection?.type === 'finding' && frame.selection.id === finding.id;
}
