import { t } from '@vscode/l10n';
import { duration } from '../../base/units.ts';
import type { SliceView } from '../../model/types/index.ts';
import type { PackedFlows } from '../../protocol/timeline.ts';
import type { Store } from '../core/store.ts';
import { el } from '../dom/dom.ts';

const MOST = 40;

interface Touching {
  readonly i: number;
  readonly out: boolean;
  readonly time: number;
}

function touching(flows: PackedFlows, thread: string, start: number, end: number): Touching[] {
  const found: Touching[] = [];
  for (let i = 0; i < flows.send.length; i += 1) {
    const [send, receive] = [flows.send[i]!, flows.receive[i]!];
    if (flows.threads[flows.from[i]!] === thread && send >= start && send <= end) {
      found.push({ i, out: true, time: send });
    } else if (flows.threads[flows.to[i]!] === thread && receive >= start && receive <= end) {
      found.push({ i, out: false, time: receive });
    }
  }
  return found.sort((a, b) => a.time - b.time);
}

/** The messages that a slice sent and received; a click goes to the other end. */
export function flowList(
  store: Store,
  thread: string,
  slice: SliceView,
  jump: (thread: string, time: number) => void,
): HTMLElement | null {
  const flows = store.data.flows;
  if (!flows) return null;
  const found = touching(flows, thread, slice.start, slice.end ?? store.data.last);
  if (found.length === 0) return null;
  const items = found.slice(0, MOST).map(({ i, out }) => {
    const other = flows.threads[out ? flows.to[i]! : flows.from[i]!]!;
    const resource = store.data.labels.resource(flows.resources[flows.resource[i]!]!);
    const transit = duration(flows.receive[i]! - flows.send[i]!);
    const who = store.data.labels.thread(other);
    const text = out ? t('→ {0}', who) : t('← {0}', who);
    const more = t('{0} #{1}, {2} bytes, {3} under way', resource, flows.n[i]!, flows.bytes[i]!, transit);
    const time = out ? flows.receive[i]! : flows.send[i]!;
    const go = (): void => jump(other, time);
    const attrs = { type: 'button', 'data-key': `flow-${other}-${time}` };
    return el(
      'li',
      {},
      el('button', { class: 'link', text, attrs, on: { click: go } }),
      el('span', { class: 'more', text: more }),
    );
  });
  const rest =
    found.length > MOST ? el('li', { class: 'more', text: t('and {0} more', found.length - MOST) }) : null;
  return el('div', { class: 'flows' }, el('h3', { text: t('Messages') }), el('ul', {}, ...items, rest));
}
