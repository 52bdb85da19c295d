import type { ConstructPage, Input } from './constructs';
import type { Field } from './fields';

const generated =
  '<!-- Made from the source by `npm run docs`. Change the comments there, not this page. -->';

/** A table cell: bars would end it. */
const cell = (text: string): string => text.replaceAll('|', '\\|');
const code = (text: string): string => `\`${cell(text)}\``;

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(heads), line(heads.map(() => '---')), ...rows.map(line)];
}

function inputRow({ name, type, description, default: fallback }: Input): string[] {
  return [
    code(name),
    code(type),
    fallback === undefined ? '**required**' : cell(fallback),
    cell(description),
  ];
}

function constructSection({ name, description, refuses, inputs, methods }: ConstructPage): string[] {
  return [
    `### ${name}`,
    description,
    ...(refuses === undefined ? [] : [`Throws ${refuses}`]),
    table(['Input', 'Type', 'Default', 'What it is'], inputs.map(inputRow)).join('\n'),
    ...(methods.length === 0
      ? []
      : [
          table(
            ['Method', 'What it does'],
            methods.map(({ signature, description: what }) => [code(signature), cell(what)]),
          ).join('\n'),
        ]),
  ];
}

/** The page of all constructs, by tier. */
export function constructsPage(constructs: readonly ConstructPage[]): string {
  const tiers = [...new Set(constructs.map(({ tier }) => tier))];
  return [
    generated,
    '# Constructs',
    'What each construct takes, with its defaults, and what it can do. What holds for all of them: [modules/README.md](../modules/README.md).',
    ...tiers.flatMap((tier) => [
      `## ${tier}`,
      ...constructs.filter((construct) => construct.tier === tier).flatMap(constructSection),
    ]),
  ].join('\n\n');
}

/** The page of the configuration's fields. */
export function configurationPage(fields: readonly Field[]): string {
  const rows = fields.map(({ name, variable, default: fallback, description }) => [
    code(name),
    code(variable),
    fallback === undefined ? '' : code(fallback),
    cell(description),
  ]);
  return [
    generated,
    '# Configuration',
    'Fields of a file under `config/environments/`, or of the file that `UPLOAD_PIPELINE_CONFIG` names; a variable of the environment goes over the file. Lists in variables have commas, other structures are JSON.',
    table(['Field', 'Variable', 'Default', 'What it is'], rows).join('\n'),
  ].join('\n\n');
}
