/** Control characters, which would break a line of the journal or a terminal. */
const CONTROL = /\p{Cc}/gu;

/**
 * One line of the story for people who read the journal: plain text on stdout, beside the structured log on stderr.
 * Keys are untrusted, so control characters appear escaped.
 */
export function tellOnStdout(line: string): void {
  process.stdout.write(`${oneLine(line)}\n`);
}

/** The text with its control characters escaped, as `\u000a`. */
export function oneLine(text: string): string {
  return text.replace(CONTROL, escaped);
}

/** A character of 16 bits as `\u000a`. */
export function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
