import * as l10n from '@vscode/l10n';
import type { ChainLink, Finding } from '../../model/types/index.ts';
import { shortSite } from './format.ts';
import type { NodeSpec } from './nodes.ts';

export function findingNodeId(dir: string, finding: string): string {
  return `${dir}|finding|${finding}`;
}

/** A finding, and below it its chain of waits in words. */
export function findingSpec(finding: Finding, dir: string): NodeSpec {
  const id = findingNodeId(dir, finding.id);
  const certainty = finding.certainty === 'certain' ? l10n.t('certain') : l10n.t('suspected');
  const alarm = finding.blocking && finding.certainty === 'certain';
  return {
    id,
    dir,
    target: { kind: 'finding', finding: finding.id },
    style: {
      label: finding.title,
      description: certainty,
      icon: alarm
        ? { id: 'error', color: 'list.errorForeground' }
        : { id: 'warning', color: 'list.warningForeground' },
      context: 'finding',
      accessible: l10n.t('Finding: {0}, {1}', finding.title, certainty),
      expand: finding.chain.length > 0 ? 'collapsed' : 'none',
      mark: alarm ? 'alarm' : 'none',
      site: null,
    },
    children: finding.chain.map((link, index) => linkSpec(link, index, finding, dir)),
  };
}

function linkSpec(link: ChainLink, index: number, finding: Finding, dir: string): NodeSpec {
  const site = link.site;
  return {
    id: `${findingNodeId(dir, finding.id)}|${index}`,
    dir,
    target: { kind: 'link', finding: finding.id, index },
    style: {
      label: link.text,
      description: site ? shortSite(site) : '',
      icon: { id: index === finding.chain.length - 1 ? 'debug-restart' : 'arrow-small-down' },
      context: 'link',
      accessible: site ? l10n.t('{0}, at {1}', link.text, shortSite(site)) : link.text,
      expand: 'none',
      mark: 'none',
      site,
    },
    children: [],
  };
}
