/**
 * The schemas of the contract must not try to compile themselves: the content security policy forbids `eval`, and reports
 * even the attempt. Imported before anything that makes a schema.
 */
Object.assign(globalThis, { __zod_globalConfig: { jitless: true } });
