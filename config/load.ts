import { readFileSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';

import { z } from 'zod';

import {
  type Configuration,
  ConfigurationError,
  configurationFields,
  parseConfiguration,
} from './configuration';

const environments = join(__dirname, 'environments');
const variablePrefix = 'UPLOAD_PIPELINE_';

/** Variables of this prefix that are no fields: they choose the file, or belong to the harness. */
const otherVariables = /^UPLOAD_PIPELINE_(ENVIRONMENT|CONFIG|CACHE|LAB_.*)$/;

/** `scaleOutThreshold` → `UPLOAD_PIPELINE_SCALE_OUT_THRESHOLD` */
export function variableOf(field: string): string {
  return variablePrefix + field.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
}

function knownEnvironments(): string[] {
  return readdirSync(environments).map((file) => basename(file, '.json'));
}

function fileOf(variables: NodeJS.ProcessEnv): string {
  const path = variables.UPLOAD_PIPELINE_CONFIG;
  if (path !== undefined && path !== '') {
    return path;
  }
  const name = variables.UPLOAD_PIPELINE_ENVIRONMENT ?? 'default';
  if (!knownEnvironments().includes(name)) {
    const allowed = `there are: ${knownEnvironments().join(', ')}. Add config/environments/${name}.json, or name a file with UPLOAD_PIPELINE_CONFIG.`;
    throw new ConfigurationError([{ field: 'UPLOAD_PIPELINE_ENVIRONMENT', given: name, allowed }]);
  }
  return join(environments, `${name}.json`);
}

function readFields(file: string): Record<string, unknown> {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    const allowed = `it must be a readable JSON file: ${cause instanceof Error ? cause.message : String(cause)}`;
    throw new ConfigurationError([{ field: 'configuration file', given: file, allowed }]);
  }
  const fields = z.record(z.string(), z.unknown()).safeParse(content);
  if (!fields.success) {
    throw new ConfigurationError([
      { field: 'configuration file', given: file, allowed: 'it must hold a JSON object.' },
    ]);
  }
  return fields.data;
}

/** A variable's text as a value of its field's type: text, a list with commas, or JSON. What does not fit is left for the check to refuse. */
function valueOf(field: string, text: string): unknown {
  const schema = configurationFields.shape[field as keyof typeof configurationFields.shape];
  const list = text.split(',').map((item) => item.trim());
  const fitting = [text, list].find((value) => schema.safeParse(value).success);
  if (fitting !== undefined) {
    return fitting;
  }
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

function fieldsFrom(variables: NodeJS.ProcessEnv): Record<string, unknown> {
  const fieldOf = new Map(Object.keys(configurationFields.shape).map((field) => [variableOf(field), field]));
  const fields: Record<string, unknown> = {};
  for (const [name, text] of Object.entries(variables)) {
    if (!name.startsWith(variablePrefix) || otherVariables.test(name) || text === undefined) {
      continue;
    }
    const field = fieldOf.get(name);
    if (field === undefined) {
      const allowed = `there is no such variable; there are: ${[...fieldOf.keys()].join(', ')}.`;
      throw new ConfigurationError([{ field: name, given: text, allowed }]);
    }
    fields[field] = valueOf(field, text);
  }
  return fields;
}

/**
 * Loads the configuration: the environment's file (`UPLOAD_PIPELINE_ENVIRONMENT`, a name under config/environments, or
 * `UPLOAD_PIPELINE_CONFIG`, a path), and over it one variable a field (`UPLOAD_PIPELINE_SCALE_OUT_THRESHOLD=5`).
 *
 * @throws ConfigurationError with every problem.
 */
export function loadConfiguration(variables: NodeJS.ProcessEnv = process.env): Configuration {
  return parseConfiguration({ ...readFields(fileOf(variables)), ...fieldsFrom(variables) });
}
