import * as l10n from '@vscode/l10n';
import { bytes } from '../../base/units.ts';
import type { ChannelView } from '../../model/types/index.ts';
import { countText } from '../../model/words/index.ts';
import { connectionIcon } from './icons.ts';
import type { NodeSpec } from './nodes.ts';
import type { Snapshot } from './tree-index.ts';

/** So many have rows of their own; the rest is counted. */
const MOST_ROWS = 50;

/** Connections between threads of the trace, below a row that says how many; nothing where there is none. */
export function connectionSpecs({ dir, channels }: Snapshot): NodeSpec[] {
  const all = channels.filter(({ connection }) => connection !== null);
  if (all.length === 0) return [];
  const label = l10n.t('Connections');
  const left = all.length - MOST_ROWS;
  const description = left > 0 ? l10n.t('{0}, {1} not shown', all.length, left) : String(all.length);
  return [
    {
      id: `${dir}|connections`,
      dir,
      target: { kind: 'connections' },
      style: {
        label,
        description,
        icon: connectionIcon(),
        context: 'connections',
        accessible: l10n.t('{0}: {1}', label, description),
        expand: 'collapsed',
        mark: 'none',
        site: null,
      },
      children: all.slice(0, MOST_ROWS).map((channel) => connectionSpec(channel, dir)),
    },
  ];
}

function connectionSpec({ id, name, bytes: size, connection }: ChannelView, dir: string): NodeSpec {
  const figures = [
    countText(l10n.t, connection?.seen ?? 0, 'connection'),
    // An end may have told too little: it tells when it rests.
    ...(size === null ? [] : [`≥ ${bytes(size)}`]),
  ].join(' · ');
  return {
    id: `${dir}|${id}`,
    dir,
    target: { kind: 'connection', channel: id },
    style: {
      label: name,
      description: figures,
      icon: connectionIcon(),
      context: 'connection',
      accessible: l10n.t('Connection {0}, {1}', name, figures),
      expand: 'none',
      mark: 'none',
      site: null,
    },
    children: [],
  };
}
