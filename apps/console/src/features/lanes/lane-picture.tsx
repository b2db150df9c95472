import { useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { Lane } from '../../api/generated/model/index.ts';
import { useWidth } from '../../parts/use-width.ts';
import { layOut, type PlacedService, sizes } from './chain-layout.ts';
import type { LaneChain } from './lane-chain.ts';

interface LanePictureProps {
  lane: Lane;
  chain: LaneChain;
  /** Ways into the lane, each in a few words. */
  entries: readonly string[];
  /** Id of the table that says the same. */
  describedBy: string;
}

/** The call chain as two tracks: above what a call in the lane meets, below what everybody else gets. */
export function LanePicture({ lane, chain, entries, describedBy }: LanePictureProps) {
  const { t } = useTranslation();
  const frame = useRef<HTMLDivElement>(null);
  const width = useWidth(frame);
  const layout = layOut(chain.services, Math.max(340, width));
  return (
    <div ref={frame} className="lane-frame">
      {width > 0 && (
        <svg
          role="img"
          aria-label={t('lanes.pictureOf', { tag: lane.tag })}
          aria-describedby={describedBy}
          width={layout.width}
          height={layout.height}
          viewBox={`0 0 ${layout.width} ${layout.height}`}
        >
          {layout.basePaths.map(({ key, path }) => (
            <path key={key} d={path} className="lane-path" data-track="base" />
          ))}
          {layout.lanePaths.map(({ key, path, isCut }) => (
            <path key={key} d={path} className="lane-path" data-track="lane" data-cut={isCut} />
          ))}
          <EntryBox tag={lane.tag} entries={entries} />
          {layout.placed.map((place) => (
            <ServiceColumn key={place.service.serviceId} place={place} />
          ))}
        </svg>
      )}
    </div>
  );
}

function EntryBox({ tag, entries }: { tag: string; entries: readonly string[] }) {
  const { t } = useTranslation();
  const shown = entries.slice(0, 2);
  return (
    <>
      <rect
        x={1}
        y={sizes.laneY - 28}
        width={sizes.entry - 14}
        height={56}
        rx={4}
        className="lane-box"
        data-kind="named"
      />
      <text x={10} y={sizes.laneY - 11} className="lane-version">
        {cut(t('lanes.laneTrack', { tag }), 23)}
        <title>{tag}</title>
      </text>
      {shown.map((entry, index) => (
        <text key={entry} x={10} y={sizes.laneY + 5 + index * 15} className="lane-small">
          {cut(index === 1 && entries.length > 2 ? t('lanes.moreEntries', { count: entries.length - 1 }) : entry, 26)}
          <title>{entry}</title>
        </text>
      ))}
      <rect
        x={1}
        y={sizes.baseY - sizes.boxHeight / 2}
        width={sizes.entry - 14}
        height={sizes.boxHeight}
        rx={4}
        className="lane-box"
        data-kind="base"
      />
      <text x={10} y={sizes.baseY + 4} className="lane-small">
        {t('lanes.everybodyElse')}
      </text>
    </>
  );
}

function ServiceColumn({ place: { service, x, top, baseY, laneY } }: { place: PlacedService }) {
  const { t } = useTranslation();
  const { serviceId, course, laneVersion, base, isUnknown } = service;
  const laneText = course === 'refused' ? t('lanes.refused') : (laneVersion ?? t('lanes.noVersion'));
  return (
    <g>
      <text x={x} y={top + 14} textAnchor="middle" className="lane-service">
        {cut(serviceId, 19)}
        <title>{serviceId}</title>
      </text>
      {course !== 'passes' && (
        <Box
          x={x}
          y={laneY}
          kind={course === 'named' ? (isUnknown ? 'refused' : 'named') : 'refused'}
          text={laneText}
        />
      )}
      <Box x={x} y={baseY} kind="base" text={base ?? t('lanes.noDefault')} />
    </g>
  );
}

const marks = { named: '', refused: '✕ ', base: '' } as const;

function Box({ x, y, kind, text }: { x: number; y: number; kind: keyof typeof marks; text: string }) {
  return (
    <>
      <rect
        x={x - sizes.box / 2}
        y={y - sizes.boxHeight / 2}
        width={sizes.box}
        height={sizes.boxHeight}
        rx={4}
        className="lane-box"
        data-kind={kind}
      />
      <text x={x} y={y + 4} textAnchor="middle" className="lane-version" data-kind={kind}>
        {cut(`${marks[kind]}${text}`, 17)}
        <title>{text}</title>
      </text>
    </>
  );
}

/** SVG does not shorten text; the whole of it is in the title and in the table. */
const cut = (text: string, length: number) => (text.length > length ? `${text.slice(0, length - 1)}…` : text);
