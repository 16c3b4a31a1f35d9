import { Model } from '../../../src/model/index.ts';
import type { StreamDefinition } from '../../../src/trace/format/definitions.ts';
import { KIND, type Kind, type TraceRecord } from '../../../src/trace/format/records.ts';
import { TraceBuilder } from '../../model/builder.ts';

export interface Big {
  readonly model: Model;
  /** Track with the only lock wait, and when it was, ns. */
  readonly rareTrack: number;
  readonly rareTime: number;
}

/**
 * Very many slices: each of `tracks` processes takes and releases a lock again and again, never waiting; one of them waits
 * once, for 2 µs. Every slice lasts 1–4 µs.
 */
export function big(slices: number, tracks = 16): Big {
  const t = new TraceBuilder();
  const main = t.root({ pid: 5000, file: '/app/big.ts' });
  const lock = t.lock('busy');
  const streams = [
    main,
    ...Array.from({ length: tracks - 1 }, (_, i) => main.start(`worker-${i + 1}`, { pid: 5001 + i })),
  ];
  for (const stream of streams) stream.create(lock);
  const model = t.feed(new Model());
  const rareTrack = Math.min(5, tracks - 1);
  let rareTime = 0;
  let time = t.now;
  const perTrack = Math.floor(slices / tracks / 2);
  const record: TraceRecord = {
    time: 0,
    kind: KIND.acquire,
    flags: 0,
    task: 0,
    resource: 1,
    site: 0,
    n: 0,
    value: 0,
    slot: 100,
  };
  const write = (stream: StreamDefinition, kind: Kind, at: number, n: number, flags = 0): void => {
    Object.assign(record, { time: at, kind, n, flags });
    record.slot += 1;
    model.record(stream, record);
  };
  const defs = streams.map((stream) => stream.def);
  for (let i = 0; i < perTrack; i += 1) {
    time += 4000;
    for (const [s, def] of defs.entries()) {
      if (s === rareTrack && i === Math.floor(perTrack * 0.6)) {
        rareTime = time;
        write(def, KIND.waitAcquire, time, 1, 1);
        write(def, KIND.waitEnd, time + 2000, 1);
      } else {
        write(def, KIND.acquire, time + s * 10, i + 1);
        write(def, KIND.release, time + 1000 + ((i * 37) % 2000), i + 1);
      }
    }
  }
  return { model, rareTrack, rareTime };
}
