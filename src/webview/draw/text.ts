/** Widths of texts in CSS pixels, measured once for a font: measuring costs more than drawing. */
export class TextWidths {
  private readonly widths = new Map<string, number>();
  private font = '';

  of(ctx: CanvasRenderingContext2D, text: string): number {
    if (ctx.font !== this.font || this.widths.size > 20_000) {
      this.widths.clear();
      this.font = ctx.font;
    }
    let width = this.widths.get(text);
    if (width === undefined) {
      width = ctx.measureText(text).width;
      this.widths.set(text, width);
    }
    return width;
  }

  /** The first of the texts that fits, or `undefined`. */
  firstFitting(ctx: CanvasRenderingContext2D, texts: readonly string[], room: number): string | undefined {
    return texts.find((text) => this.of(ctx, text) <= room);
  }
}
