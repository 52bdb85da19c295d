import type { NormalizedSchema } from '@smithy/core/schema';

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Text as XML content. */
export function escapeXml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => escapes[character] ?? character);
}

/** A time as AWS writes it: whole seconds when they are. */
function time(date: Date): string {
  return date.toISOString().replace('.000Z', 'Z');
}

function encodeScalar(value: unknown): string {
  return escapeXml(value instanceof Date ? time(value) : String(value));
}

/**
 * Writes a value as the content of an element of the AWS query protocol's XML.
 * Source: https://smithy.io/2.0/aws/protocols/aws-query-protocol.html
 */
export function encode(schema: NormalizedSchema, value: unknown): string {
  if (schema.isListSchema() && Array.isArray(value)) {
    return value.map((member) => `<member>${encode(schema.getValueSchema(), member)}</member>`).join('');
  }
  if (schema.isStructSchema() && typeof value === 'object' && value !== null) {
    return [...schema.structIterator()]
      .map(([name, member]) => {
        const content: unknown = Reflect.get(value, name);
        return content === undefined || content === null
          ? ''
          : `<${name}>${encode(member, content)}</${name}>`;
      })
      .join('');
  }
  return encodeScalar(value);
}
