import { useLayoutEffect } from 'react';

/** Gives the keyboard back to what had it before, when that is still there. For what is open as long as it is mounted. */
export function useReturnedFocus(): void {
  useLayoutEffect(() => {
    const before = document.activeElement;
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
}
