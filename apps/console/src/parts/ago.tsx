import { useEffect, useState } from 'react';
import { useFormat } from '../i18n/format.ts';

/** "3 sec. ago", counting on by itself; the exact time on hover. */
export function Ago({ iso }: { iso: string }) {
  const { ago, dateTime } = useFormat();
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  return (
    <time className="nowrap" dateTime={iso} title={dateTime(iso)}>
      {ago(iso, now)}
    </time>
  );
}
