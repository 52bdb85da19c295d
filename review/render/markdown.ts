import { type Severity, topics } from '../finding';
import type { Review } from '../review';
import { headings, nothing, summary, verbs } from './words';

const signs: Readonly<Record<Severity, string>> = {
  info: '⚪ info',
  notice: '🔵 notice',
  warning: '🟠 warning',
  critical: '🔴 critical',
};

/** Names and policies come from a configuration that may be a stranger's: nothing in them is markup. */
const code = (text: string): string => `\`${text.replaceAll('`', "'").replaceAll(/\s+/g, ' ')}\``;
const cell = (text: string): string => text.replaceAll(/[\\|<>*_`[\]@#]/g, '\\$&').replaceAll(/\s+/g, ' ');

/** A review for a pull request. */
export function renderMarkdown(review: Review): string {
  const lines = [`## ${summary(review)}`];
  for (const topic of topics) {
    const findings = review.findings.filter((finding) => finding.topic === topic);
    if (findings.length > 0) {
      lines.push('', `### ${headings[topic]}`, '', '| | resource | what |', '|---|---|---|');
      for (const { severity, address, text } of findings) {
        lines.push(`| ${signs[severity]} | ${code(address).replaceAll('|', '\\|')} | ${cell(text)} |`);
      }
    }
  }
  if (review.findings.length === 0) {
    lines.push('', nothing);
  }
  for (const [action, verb] of verbs) {
    const addresses = review.changes[action];
    if (addresses.length > 0) {
      lines.push('', `<details><summary>${verb} (${addresses.length})</summary>`, '');
      lines.push(...addresses.map((address) => `- ${code(address)}`), '', '</details>');
    }
  }
  return `${lines.join('\n')}\n`;
}
