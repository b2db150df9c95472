import { useMantineColorScheme } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { usePermission } from '../../features/access/me.ts';
import { setLanguage } from '../../i18n/i18n.ts';
import { usePages } from '../pages.ts';
import type { PaletteGroup } from './palette-items.ts';

/** What can be done without looking anything up. The emergency rollback comes first: opened and entered, two keystrokes. */
export function useCommands(): PaletteGroup[] {
  const { t, i18n } = useTranslation();
  const navigate = useNavigate();
  const { setColorScheme } = useMantineColorScheme();
  const mayRollBack = usePermission('emergency.rollback');
  const mayUpgrade = usePermission('upgrades.run');
  const mayUpgradeMany = usePermission('upgrades.batch');
  const pages = usePages();
  const next = i18n.language === 'zh' ? 'en' : 'zh';
  const emergency = {
    id: 'emergency',
    label: t('emergency.title'),
    words: 'emergency rollback roll back revert hold 紧急 回滚 封禁',
    note: t('palette.enter'),
    tone: 'bad',
    run: () => void navigate({ to: '/emergency' }),
  } as const;
  return [
    ...(mayRollBack ? [{ id: 'night', label: t('palette.groups.emergency'), items: [emergency] }] : []),
    {
      id: 'pages',
      label: t('palette.groups.pages'),
      items: pages.map(({ to, label }) => ({
        id: `page${to.replaceAll('/', '-')}`,
        label: t(label),
        words: to.slice(1),
        run: () => void navigate({ to }),
      })),
    },
    {
      id: 'upgrades',
      label: t('nav.upgrades'),
      items: [
        ...(mayUpgrade
          ? [
              {
                id: 'upgrade',
                label: t('palette.upgrade'),
                words: 'upgrade tenant schema migration start 升级 库表',
                run: () => void navigate({ to: '/upgrades/start' }),
              },
            ]
          : []),
        ...(mayUpgradeMany
          ? [
              {
                id: 'upgrade-many',
                label: t('palette.upgradeMany'),
                words: 'upgrade batch waves many start 批量升级 批次',
                run: () => void navigate({ to: '/upgrades/batches/new' }),
              },
            ]
          : []),
      ],
    },
    {
      id: 'preferences',
      label: t('palette.groups.preferences'),
      items: [
        { id: 'language', label: t('app.otherLanguage'), words: 'language 语言', run: () => void setLanguage(next) },
        ...(['light', 'dark'] as const).map((scheme) => ({
          id: `scheme-${scheme}`,
          label: t('app.scheme', { scheme: t(`app.schemes.${scheme}`) }),
          words: `colours theme ${scheme} 颜色`,
          run: () => setColorScheme(scheme),
        })),
      ],
    },
  ];
}
