export type LintCode = string;
