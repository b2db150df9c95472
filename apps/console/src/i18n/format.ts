import { useTranslation } from 'react-i18next';

/** Numbers and times in the operator's language and time zone. */
export function useFormat() {
  const { i18n } = useTranslation();
  const locale = i18n.language === 'zh' ? 'zh-CN' : 'en-GB';
  return {
    number: (value: number) => new Intl.NumberFormat(locale).format(value),
    /** Basis points (10 000 = everybody) as a percentage. */
    share: (basisPoints: number) =>
      new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 2 }).format(basisPoints / 10_000),
    /** Per cent (100 = everybody) as a percentage. */
    percent: (perCent: number) =>
      new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 }).format(perCent / 100),
    /** Milliseconds in the largest unit that fits. */
    duration: (ms: number) => {
      const [value, unit] =
        ms < 1_000
          ? [ms, 'millisecond']
          : ms < 60_000
            ? [ms / 1_000, 'second']
            : ms < 3_600_000
              ? [ms / 60_000, 'minute']
              : [ms / 3_600_000, 'hour'];
      return new Intl.NumberFormat(locale, {
        style: 'unit',
        unit: unit as string,
        unitDisplay: 'short',
        maximumFractionDigits: 1,
      }).format(value as number);
    },
    /** Bytes in the largest unit that fits, by thousands. */
    bytes: (count: number) => {
      const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;
      const step = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, count)) / 3));
      return new Intl.NumberFormat(locale, {
        style: 'unit',
        unit: units[step] as string,
        // Of bytes there is no abbreviation, and the short form knows no plural.
        unitDisplay: step === 0 ? 'long' : 'short',
        maximumFractionDigits: 1,
      }).format(count / 1_000 ** step);
    },
    dateTime: (iso: string) =>
      new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'medium' }).format(new Date(iso)),
    time: (iso: string) => new Intl.DateTimeFormat(locale, { timeStyle: 'medium' }).format(new Date(iso)),
    date: (iso: string) => new Intl.DateTimeFormat(locale, { dateStyle: 'medium' }).format(new Date(iso)),
    /** How long ago, in the largest unit that fits. */
    ago: (iso: string, now = Date.now()) => {
      const seconds = Math.min(0, Math.round((Date.parse(iso) - now) / 1000));
      const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto', style: 'short' });
      if (seconds > -60) return relative.format(seconds, 'second');
      if (seconds > -3600) return relative.format(Math.round(seconds / 60), 'minute');
      if (seconds > -86_400) return relative.format(Math.round(seconds / 3600), 'hour');
      return relative.format(Math.round(seconds / 86_400), 'day');
    },
  };
}
