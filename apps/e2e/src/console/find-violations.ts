import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';

/** What axe finds on the page, with all rules and none disabled: which rule, where. */
export async function findViolations(page: Page): Promise<string[]> {
  return describe(await axeOn(page).analyze());
}

/** Within the page itself, as it has no frames, and without an account of all that is well. */
function axeOn(page: Page): AxeBuilder {
  return new AxeBuilder({ page }).setLegacyMode(true).options({ resultTypes: ['violations'] });
}

/** Rules that judge colours; the others see no difference between light and dark. */
const COLOUR_RULES = ['color-contrast', 'link-in-text-block'];

/** All rules in light colours and those that judge colours in dark ones, named by which. */
export async function findViolationsInBothColours(page: Page): Promise<string[]> {
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.locator('html[data-mantine-color-scheme=dark]').waitFor();
  const dark = describe(await axeOn(page).withRules(COLOUR_RULES).analyze());
  await page.emulateMedia({ colorScheme: 'light' });
  await page.locator('html[data-mantine-color-scheme=light]').waitFor();
  const light = await findViolations(page);
  return [...dark.map((one) => `dark: ${one}`), ...light.map((one) => `light: ${one}`)];
}

function describe({ violations }: Awaited<ReturnType<AxeBuilder['analyze']>>): string[] {
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(' ')).join(', ')}`);
}
