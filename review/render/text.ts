import pc from 'picocolors';

import { type Severity, topics } from '../finding';
import type { Review } from '../review';
import { headings, nothing, summary, verbs } from './words';

const colours: Readonly<Record<Severity, (text: string) => string>> = {
  info: pc.dim,
  notice: pc.cyan,
  warning: pc.yellow,
  critical: (text) => pc.bold(pc.red(text)),
};

const severityWidth = 9;

/** A review for a terminal. */
export function renderText(review: Review): string {
  const lines = [pc.bold(summary(review))];
  for (const topic of topics) {
    const findings = review.findings.filter((finding) => finding.topic === topic);
    if (findings.length > 0) {
      lines.push('', pc.bold(headings[topic]));
      for (const { severity, address, text } of findings) {
        lines.push(`  ${colours[severity](severity.padEnd(severityWidth))} ${address}`);
        lines.push(`  ${' '.repeat(severityWidth)} ${text}`);
      }
    }
  }
  if (review.findings.length === 0) {
    lines.push('', nothing);
  }
  for (const [action, verb] of verbs) {
    const addresses = review.changes[action];
    if (addresses.length > 0) {
      lines.push('', pc.bold(`${verb} (${addresses.length})`), ...addresses.map((address) => `  ${address}`));
    }
  }
  return `${lines.join('\n')}\n`;
}
