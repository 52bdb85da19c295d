import { readFileSync } from 'node:fs';

import ts from 'typescript';

import { parseConfiguration, variableOf } from '../../config';
import { UndocumentedError } from './constructs';

/** One field of the configuration. */
export interface Field {
  readonly name: string;
  /** Variable of the environment that sets it. */
  readonly variable: string;
  /** As JSON. @default none: it may be left out */
  readonly default: string | undefined;
  readonly description: string;
}

/**
 * The fields of the configuration, with the comments that stand over them.
 *
 * @throws UndocumentedError that names each field without a comment.
 */
export function configurationFieldsOf(file: string): Field[] {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);
  const defaults: Readonly<Record<string, unknown>> = { ...parseConfiguration({}) };
  const fields = properties(source).map((property) => {
    const name = property.name.getText();
    const [comment] = ts.getJSDocCommentsAndTags(property);
    const description = ts.getTextOfJSDocComment(comment?.comment)?.replaceAll(/\s+/g, ' ') ?? '';
    const value = defaults[name];
    return {
      name,
      variable: variableOf(name),
      default: value === undefined ? undefined : JSON.stringify(value),
      description,
    };
  });
  const silent = fields.filter(({ description }) => description === '').map(({ name }) => name);
  if (silent.length > 0) {
    throw new UndocumentedError(`These fields of the configuration have no comment: ${silent.join(', ')}.`);
  }
  return fields;
}

/** What `configurationFields = z.strictObject({ … })` lists. */
function properties(source: ts.SourceFile): ts.PropertyAssignment[] {
  const found: ts.PropertyAssignment[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isVariableDeclaration(node) && node.name.getText() === 'configurationFields') {
      const call = node.initializer;
      const object = call !== undefined && ts.isCallExpression(call) ? call.arguments[0] : undefined;
      if (object !== undefined && ts.isObjectLiteralExpression(object)) {
        found.push(...object.properties.filter((property) => ts.isPropertyAssignment(property)));
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}
