import * as l10n from '@vscode/l10n';
import type { ChainLink, Finding } from '../../model/types/index.ts';
import { certaintyText, placeText } from '../../model/words/index.ts';
import { findingIcon, linkIcon } from './icons.ts';
import type { NodeSpec } from './nodes.ts';

export function findingNodeId(dir: string, finding: string): string {
  return `${dir}|finding|${finding}`;
}

/** A finding, and below it its chain of waits in words. */
export function findingSpec(finding: Finding, dir: string): NodeSpec {
  const id = findingNodeId(dir, finding.id);
  const certainty = certaintyText(l10n.t, finding.certainty);
  const alarm = finding.blocking && finding.certainty === 'certain';
  return {
    id,
    dir,
    target: { kind: 'finding', finding: finding.id },
    style: {
      label: finding.title,
      description: certainty,
      icon: findingIcon(alarm),
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
      description: site ? placeText(site) : '',
      icon: linkIcon(index === finding.chain.length - 1),
      context: 'link',
      accessible: site ? l10n.t('{0}, at {1}', link.text, placeText(site)) : link.text,
      expand: 'none',
      mark: 'none',
      site,
    },
    children: [],
  };
}
