import type { NormalizedSchema } from '@smithy/core/schema';

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\r': '&#xD;',
};

/** Text as XML content. What XML 1.0 allows in no form becomes U+FFFD: parsers refuse a whole document for it. */
export function escapeXml(text: string): string {
  return text
    .toWellFormed()
    .replace(/[\p{Cc}\ufffe\uffff]/gu, (character) =>
      character === '\t' ||
      character === '\n' ||
      character === '\r' ||
      (character >= '\u007f' && character < '\ufffe')
        ? character
        : '\ufffd',
    )
    .replace(/[&<>"\r]/g, (character) => escapes[character] ?? character);
}

/** A time as AWS writes it: whole seconds when they are. */
function time(date: Date): string {
  return date.toISOString().replace('.000Z', 'Z');
}

function scalar(value: unknown): string {
  if (value instanceof Uint8Array) {
    return Buffer.from(value).toString('base64');
  }
  return escapeXml(value instanceof Date ? time(value) : String(value));
}

/**
 * Writes a value as the content of an element of the AWS query protocol's XML.
 * Source: https://smithy.io/2.0/aws/protocols/aws-query-protocol.html
 */
export function encode(schema: NormalizedSchema, value: unknown): string {
  if (schema.isListSchema() && Array.isArray(value)) {
    const member = schema.getValueSchema();
    const name = member.getMergedTraits().xmlName ?? 'member';
    return value.map((item) => element(name, encode(member, item))).join('');
  }
  if (typeof value !== 'object' || value === null || value instanceof Date || value instanceof Uint8Array) {
    return scalar(value);
  }
  if (schema.isMapSchema()) {
    return mapEntries(schema, value)
      .map((entry) => element('entry', entry))
      .join('');
  }
  return [...schema.structIterator()]
    .map(([name, member]) => {
      const content: unknown = Reflect.get(value, name);
      const traits = member.getMergedTraits();
      return content === undefined || content === null
        ? ''
        : wrapped(traits.xmlName ?? name, member, content);
    })
    .join('');
}

/** A member of a structure: one element, or one for each part of a list or map that the model flattens. */
function wrapped(name: string, schema: NormalizedSchema, content: unknown): string {
  if (schema.getMergedTraits().xmlFlattened !== 1) {
    return element(name, encode(schema, content));
  }
  const parts = Array.isArray(content)
    ? content.map((item) => encode(schema.getValueSchema(), item))
    : mapEntries(schema, content as object);
  return parts.map((part) => element(name, part)).join('');
}

function mapEntries(schema: NormalizedSchema, value: object): string[] {
  const [key, item] = [schema.getKeySchema(), schema.getValueSchema()];
  const keyName = key.getMergedTraits().xmlName ?? 'key';
  const valueName = item.getMergedTraits().xmlName ?? 'value';
  return Object.entries(value).map(
    ([name, content]) => element(keyName, escapeXml(name)) + element(valueName, encode(item, content)),
  );
}

function element(name: string, content: string): string {
  return `<${name}>${content}</${name}>`;
}
