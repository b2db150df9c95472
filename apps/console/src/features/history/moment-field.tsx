import './history.css';
import { Button, Group, TextInput } from '@mantine/core';
import { type FormEvent, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { fromLocalInput, isPosition, readMoment, toLocalInput } from './moment.ts';

interface MomentFieldProps {
  label: string;
  /** As the API takes it; undefined is now. */
  moment: string | undefined;
  /** False where now makes no sense. */
  mayBeNow?: boolean;
  onPick: (moment: string | undefined) => void;
}

const steps = [
  { key: 'minutes5', ms: 5 * 60_000 },
  { key: 'hour', ms: 3_600_000 },
  { key: 'day', ms: 86_400_000 },
] as const;

/** Picks a moment: a time, a position of the log, or some time ago. Takes effect when it is asked for. */
export function MomentField({ label, moment, mayBeNow = true, onPick }: MomentFieldProps) {
  const { t } = useTranslation();
  const [time, setTime] = useState('');
  const [position, setPosition] = useState('');
  useEffect(() => {
    const isAtPosition = moment !== undefined && isPosition(moment);
    setPosition(isAtPosition ? moment : '');
    setTime(isAtPosition ? '' : toLocalInput(moment));
  }, [moment]);
  const picked = position.trim() ? readMoment(position.trim()) : fromLocalInput(time);
  const isWrong = position.trim() !== '' && picked === undefined;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (picked !== undefined) onPick(picked);
  };
  return (
    <fieldset className="moment">
      <legend>{label}</legend>
      <form onSubmit={submit} noValidate>
        <Group gap={6} align="flex-start">
          <TextInput
            type="datetime-local"
            step={1}
            aria-label={t('moment.time')}
            w={190}
            value={time}
            onChange={(event) => {
              setTime(event.currentTarget.value);
              setPosition('');
            }}
          />
          <TextInput
            aria-label={t('moment.position')}
            placeholder={t('moment.position')}
            w={160}
            classNames={{ input: 'mono' }}
            value={position}
            error={isWrong && t('moment.positionRule')}
            onChange={(event) => {
              setPosition(event.currentTarget.value);
              setTime('');
            }}
          />
          <Button type="submit" variant="default" disabled={picked === undefined}>
            {t('moment.go')}
          </Button>
          {steps.map(({ key, ms }) => (
            <Button
              key={key}
              type="button"
              variant="subtle"
              px={6}
              onClick={() => onPick(new Date(Date.now() - ms).toISOString())}
            >
              {t(`moment.ago.${key}`)}
            </Button>
          ))}
          {mayBeNow && (
            <Button type="button" variant="subtle" px={6} onClick={() => onPick(undefined)}>
              {t('moment.now')}
            </Button>
          )}
        </Group>
      </form>
    </fieldset>
  );
}
