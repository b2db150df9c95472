import { Document, isMap, type YAMLMap } from 'yaml';
import type { Config } from './config.schema.ts';

/** As YAML that a person edits and git compares: one tenant's assignments in one line each. */
export function formatYaml(config: Config): string {
  const document = new Document(config, { aliasDuplicateObjects: false });
  const assignments = document.get('assignments');
  if (isMap(assignments)) {
    for (const { value } of (assignments as YAMLMap).items) if (isMap(value)) value.flow = true;
  }
  return document.toString({ lineWidth: 0 });
}
