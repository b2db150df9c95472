import { buildNacos, findNacos, isNacosBuilt, type NacosGeneration } from '@grey/testkit';

const GENERATIONS: readonly NacosGeneration[] = [2, 3];

/**
 * Sees to it that the suites find the Nacos servers built; the first time on a machine that takes half a minute and the network.
 *
 * @returns environment for the suites: why there is none, which they give as the reason of what they skip
 */
export async function ensureNacos(): Promise<Readonly<Record<string, string>>> {
  const found = findNacos();
  if ('reason' in found) return { GREY_NACOS_MISSING: found.reason };
  try {
    for (const generation of GENERATIONS) {
      if (isNacosBuilt(generation)) continue;
      console.log(`\n   fetching and building Nacos ${generation} for the tests (once on this machine) …`);
      await buildNacos(generation);
    }
    return {};
  } catch (error) {
    return { GREY_NACOS_MISSING: firstLineOf(error) };
  }
}

function firstLineOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0] as string;
}
