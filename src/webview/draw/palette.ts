import { TRACK_STATES } from '../../model/types/index.ts';

export type Rgb = readonly [number, number, number];

/**
 * The theme's colours as the stylesheet resolves them (`--state-…` in timeline.css mixes `--vscode-charts-*`), read again
 * when the theme changes. In high contrast the states also have patterns.
 */
export interface Palette {
  readonly contrast: boolean;
  readonly background: Rgb;
  readonly states: readonly Rgb[];
  /** CSS colours of the states, and of text on them. */
  readonly fills: readonly string[];
  readonly inks: readonly string[];
  readonly patterns: readonly (CanvasPattern | string)[];
  readonly foreground: string;
  readonly muted: string;
  readonly line: string;
  readonly lane: string;
  readonly surface: string;
  readonly focus: string;
  readonly error: string;
  readonly warning: string;
  readonly selection: string;
  readonly font: string;
}

const context = (): CanvasRenderingContext2D => {
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = 8;
  return canvas.getContext('2d', { willReadFrequently: true })!;
};

/** Reads colours through an element, so that variables and mixes are resolved by the browser. */
class Reader {
  private readonly probe = document.createElement('span');
  private readonly ctx = context();

  constructor(parent: HTMLElement) {
    this.probe.className = 'probe';
    parent.append(this.probe);
  }
  css(variable: string): string {
    this.probe.style.color = `var(${variable})`;
    return getComputedStyle(this.probe).color;
  }
  /** The colour as it looks on the background. */
  rgb(variable: string, background: Rgb = [0, 0, 0]): Rgb {
    this.ctx.fillStyle = `rgb(${background.join(' ')})`;
    this.ctx.fillRect(0, 0, 1, 1);
    this.ctx.fillStyle = this.css(variable);
    this.ctx.fillRect(0, 0, 1, 1);
    const [r = 0, g = 0, b = 0] = this.ctx.getImageData(0, 0, 1, 1).data;
    return [r, g, b];
  }
  dispose(): void {
    this.probe.remove();
  }
}

function luminance([r, g, b]: Rgb): number {
  const linear = [r, g, b].map((v) =>
    v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4,
  );
  return 0.2126 * linear[0]! + 0.7152 * linear[1]! + 0.0722 * linear[2]!;
}

/** Contrast of two luminances as WCAG defines it, 1–21. */
export function contrastRatio(a: Rgb, b: Rgb): number {
  const [x, y] = [luminance(a), luminance(b)];
  return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05);
}

/** Black or white, whichever reads better on the colour. */
export function inkOn(color: Rgb): string {
  return contrastRatio(color, [16, 16, 16]) >= contrastRatio(color, [255, 255, 255]) ? '#101010' : '#ffffff';
}

/** Marks on an 8×8 tile: one pattern a state, told apart without colour. `true`: painted. */
const MARKS: readonly ((x: number, y: number) => boolean)[] = [
  () => true, // running
  (x, y) => (x + y) % 8 < 4, // lock: steep stripes
  (_x, y) => y % 4 < 2, // receive: lines
  (x) => x % 4 < 2, // send: columns
  (x, y) => x % 4 < 2 === y % 4 < 2, // join: checks
  (x, y) => (x + y) % 8 === 0 || (x - y + 8) % 8 === 0, // sync: lattice
  (x, y) => (x - y + 8) % 8 < 3, // result: stripes the other way
  (x, y) => x % 8 === 1 && y % 8 === 1, // idle: dots
  (x, y) => x % 8 !== 0 && y % 8 !== 0, // holding: bricks
  () => false, // exited
  (x, y) => y % 4 === 0 && x % 2 === 0, // ready: dotted lines
  (x, y) => x % 8 < 2 || y % 8 < 2, // native: a grid
  (x) => x % 8 < 3, // paused: broad columns
  (_x, y) => y % 8 < 4, // stopped: broad lines
  (x, y) => (x + y) % 8 === 0, // unknown: fine stripes
];

function pattern(state: number, color: Rgb, background: Rgb): CanvasPattern | string {
  const ctx = context();
  const image = ctx.createImageData(8, 8);
  for (let y = 0; y < 8; y += 1) {
    for (let x = 0; x < 8; x += 1) {
      const rgb = MARKS[state]?.(x, y) ? color : background;
      image.data.set([rgb[0], rgb[1], rgb[2], 255], (y * 8 + x) * 4);
    }
  }
  ctx.putImageData(image, 0, 0);
  return ctx.createPattern(ctx.canvas, 'repeat') ?? `rgb(${color.join(' ')})`;
}

function isContrast(): boolean {
  const { classList } = document.body;
  return classList.contains('vscode-high-contrast') || classList.contains('vscode-high-contrast-light');
}

/** Reads all colours. The element must be in the document. */
export function readPalette(parent: HTMLElement): Palette {
  const reader = new Reader(parent);
  const background = reader.rgb('--surface');
  const contrast = isContrast();
  const states = TRACK_STATES.map((state) => reader.rgb(`--state-${state}`, background));
  const fills = states.map((rgb) => `rgb(${rgb.join(' ')})`);
  const palette: Palette = {
    contrast,
    background,
    states,
    fills,
    inks: states.map((rgb) => inkOn(rgb)),
    patterns: contrast ? states.map((rgb, i) => pattern(i, rgb, background)) : fills,
    foreground: reader.css('--foreground'),
    muted: reader.css('--muted'),
    line: reader.css('--line'),
    lane: reader.css('--lane'),
    surface: reader.css('--surface'),
    focus: reader.css('--focus'),
    error: reader.css('--error'),
    warning: reader.css('--warning'),
    selection: reader.css('--selection'),
    font: getComputedStyle(parent).fontFamily,
  };
  reader.dispose();
  return palette;
}
