import { Injectable, type OnModuleInit } from '@nestjs/common';
import { type StepContext, type StepOutcome, type UpgradeStep, UpgradeSteps } from '../upgrade-step.ts';
import { NOTHING_PROVEN } from './judge-soak.ts';
import { SchemaWays } from './schema-way.service.ts';

/** Waits for somebody to let contract begin. */
@Injectable()
export class ConfirmStep implements UpgradeStep, OnModuleInit {
  readonly name = 'confirm';

  constructor(
    private readonly ways: SchemaWays,
    private readonly steps: UpgradeSteps,
  ) {}

  onModuleInit(): void {
    this.steps.register(this);
  }

  async run(context: StepContext): Promise<StepOutcome> {
    const { contracted } = await context.write((tx) => this.ways.read(tx, context.upgrade));
    if (contracted.length === 0) return { kind: 'skipped', detail: 'Nothing is contracted.' };
    const { confirmation } = context.upgrade;
    if (confirmation !== null)
      return { kind: 'done', detail: `Confirmed by ${confirmation.by.name}: ${confirmation.reason}` };
    const names = contracted.slice(0, 5).join(', ');
    const others = contracted.length > 5 ? ` and ${contracted.length - 5} more` : '';
    return {
      kind: 'wait',
      awaits: 'confirmation',
      until: null,
      detail: `${doubtOf(context)}Contract runs ${names}${others}; after it there is no way back but a backup.`,
    };
  }

  async compensate(): Promise<StepOutcome> {
    return { kind: 'done' };
  }
}

/** Who is about to take away the way back has to know that the soak has shown nothing. */
function doubtOf({ upgrade }: StepContext): string {
  const soak = upgrade.steps.find(({ name }) => name === 'soak');
  return soak?.detail?.startsWith(NOTHING_PROVEN) === true ? `${soak.detail} ` : '';
}
