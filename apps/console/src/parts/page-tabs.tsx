import { Link } from '@tanstack/react-router';

export interface PageTab {
  readonly to: string;
  readonly label: string;
}

interface PageTabsProps {
  /** What the pages are about, for those who cannot see that they belong together. */
  label: string;
  tabs: readonly PageTab[];
}

/** Pages that belong together, as links: each has an address of its own. */
export function PageTabs({ label, tabs }: PageTabsProps) {
  return (
    <nav className="page-tabs" aria-label={label}>
      {tabs.map((tab) => (
        <Link
          key={tab.to}
          to={tab.to}
          activeOptions={{ exact: true, includeSearch: false }}
          activeProps={{ 'aria-current': 'page' }}
        >
          {tab.label}
        </Link>
      ))}
    </nav>
  );
}
