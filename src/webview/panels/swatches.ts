import { TRACK_STATES } from '../../model/types/index.ts';
import type { Palette } from '../draw/palette.ts';

const SIZE = 12;

/** In high contrast the legend's swatches carry the same patterns as the tracks; elsewhere the stylesheet colours them. */
export class Swatches {
  private readonly colors: () => Palette;
  private painted: Palette | null = null;

  constructor(colors: () => Palette) {
    this.colors = colors;
  }

  paint(root: HTMLElement): void {
    const palette = this.colors();
    if (palette === this.painted) return;
    this.painted = palette;
    for (const chip of root.querySelectorAll<HTMLElement>('.legend .swatch')) {
      chip.replaceChildren();
      const state = (TRACK_STATES as readonly (string | undefined)[]).indexOf(chip.dataset.state);
      if (!palette.contrast || state < 0) continue;
      const canvas = document.createElement('canvas');
      canvas.width = canvas.height = SIZE;
      const ctx = canvas.getContext('2d');
      if (!ctx) continue;
      ctx.fillStyle = palette.patterns[state]!;
      ctx.fillRect(0, 0, SIZE, SIZE);
      chip.append(canvas);
    }
  }
}
