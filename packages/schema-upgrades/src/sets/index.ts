export { type SplitFault, type SplitResult, type Statement, splitStatements } from './split/split-statements.ts';
