import { EOFError } from '../../core/errors/errors.ts';

/** What `receive` resolves to, again and again, until it rejects with EOFError. */
export async function* untilEnd<R>(receive: () => Promise<R>): AsyncGenerator<R, void, void> {
  for (;;) {
    let value: R;
    try {
      value = await receive();
    } catch (error) {
      if (error instanceof EOFError) return;
      throw error;
    }
    yield value;
  }
}
