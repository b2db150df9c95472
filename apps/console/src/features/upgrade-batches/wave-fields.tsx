import { ActionIcon, Button, Group, NativeSelect, NumberInput, Stack, Text, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { isWaveWhole, newWave, presets, type WaveDraft, type WaveKind, waveKinds, wavesOf } from './batch-draft.ts';

interface WaveFieldsProps {
  waves: readonly WaveDraft[];
  onChange: (waves: WaveDraft[]) => void;
}

/** One line per wave, in the order in which they run: whom it takes, and how long to look before the next. */
export function WaveFields({ waves, onChange }: WaveFieldsProps) {
  const { t } = useTranslation();
  const set = (key: number, next: Partial<WaveDraft>) =>
    onChange(waves.map((one) => (one.key === key ? { ...one, ...next } : one)));
  const move = (index: number, by: -1 | 1) => {
    const next = [...waves];
    const [taken] = next.splice(index, 1);
    if (taken) next.splice(index + by, 0, taken);
    onChange(next);
  };
  const isEverybody = waves.some(({ kind, maxSize }) => kind === 'rest' && maxSize === '');
  return (
    <Stack gap="sm">
      <Group gap="xs" role="group" aria-label={t('batches.new.presets')}>
        <Text size="sm">{t('batches.new.presets')}</Text>
        {presets.map((preset) => (
          <Button key={preset} variant="default" size="compact-xs" onClick={() => onChange(wavesOf(preset))}>
            {t(`batches.new.preset.${preset}`)}
          </Button>
        ))}
      </Group>
      <ol className="wave-rows">
        {waves.map((wave, index) => (
          <WaveRow
            key={wave.key}
            wave={wave}
            number={index + 1}
            isLast={index === waves.length - 1}
            onChange={(next) => set(wave.key, next)}
            onMove={(by) => move(index, by)}
            onRemove={() => onChange(waves.filter(({ key }) => key !== wave.key))}
          />
        ))}
      </ol>
      <Group gap="sm">
        <Button
          variant="default"
          disabled={waves.length >= 50}
          onClick={() => onChange([...waves, newWave({ kind: 'percent' })])}
        >
          {t('batches.new.addWave')}
        </Button>
        <Text size="sm" c="dimmed">
          {t(isEverybody ? 'batches.new.everybody' : 'batches.new.notEverybody')}
        </Text>
      </Group>
    </Stack>
  );
}

interface WaveRowProps {
  wave: WaveDraft;
  number: number;
  isLast: boolean;
  onChange: (next: Partial<WaveDraft>) => void;
  onMove: (by: -1 | 1) => void;
  onRemove: () => void;
}

function WaveRow({ wave, number, isLast, onChange, onMove, onRemove }: WaveRowProps) {
  const { t } = useTranslation();
  const { kind } = wave;
  const isFaulty = wave.text !== '' && !isWaveWhole(wave);
  return (
    <li className="wave-row" aria-label={t('batches.waveNumber', { number })}>
      <strong className="wave-row-number">{number}</strong>
      <NativeSelect
        label={t('batches.new.takes')}
        value={kind}
        onChange={(event) => onChange({ kind: event.currentTarget.value as WaveKind, text: '', percent: '' })}
        data={waveKinds.map((value) => ({ value, label: t(`batches.new.takesKind.${value}`) }))}
      />
      {kind === 'percent' && (
        <NumberInput
          label={t('batches.new.percent')}
          value={wave.percent}
          min={0.01}
          max={100}
          decimalScale={2}
          suffix={'\u202f%'}
          onChange={(value) => onChange({ percent: typeof value === 'number' ? value : '' })}
        />
      )}
      {(kind === 'tag' || kind === 'ring' || kind === 'tenants') && (
        <TextInput
          label={t(`batches.new.whichKind.${kind}`)}
          value={wave.text}
          autoComplete="off"
          error={isFaulty}
          onChange={(event) => onChange({ text: event.currentTarget.value })}
        />
      )}
      {kind === 'rest' && <div />}
      <NumberInput
        label={t('batches.new.maxSize')}
        placeholder={t('batches.new.noMaximum')}
        value={wave.maxSize}
        min={1}
        max={20_000}
        allowDecimal={false}
        onChange={(value) => onChange({ maxSize: typeof value === 'number' ? value : '' })}
      />
      <NumberInput
        label={t('batches.new.soakMinutes')}
        value={wave.soakMinutes}
        min={0}
        max={10_080}
        disabled={isLast}
        onChange={(value) => onChange({ soakMinutes: typeof value === 'number' ? value : '' })}
      />
      <TextInput
        label={t('batches.name')}
        placeholder={t('batches.new.namedByItself')}
        value={wave.name}
        maxLength={60}
        autoComplete="off"
        onChange={(event) => onChange({ name: event.currentTarget.value })}
      />
      <Group gap={4} wrap="nowrap">
        <ActionIcon
          variant="default"
          disabled={number === 1}
          aria-label={t('batches.new.earlier', { number })}
          onClick={() => onMove(-1)}
        >
          <span aria-hidden="true">{'↑'}</span>
        </ActionIcon>
        <ActionIcon
          variant="default"
          disabled={isLast}
          aria-label={t('batches.new.later', { number })}
          onClick={() => onMove(1)}
        >
          <span aria-hidden="true">{'↓'}</span>
        </ActionIcon>
        <ActionIcon variant="default" aria-label={t('batches.new.remove', { number })} onClick={onRemove}>
          <span aria-hidden="true">{'✕'}</span>
        </ActionIcon>
      </Group>
    </li>
  );
}
