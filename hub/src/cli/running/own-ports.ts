import { findRunningHub } from '../../kernel/files/data-folder.ts';
import type { Home } from '../home.ts';
import { hubSettings } from '../settings.ts';

/** Ports on which this home's hub answers now, or will. */
export const ownPorts = (home: Home): number[] =>
  [findRunningHub(home.dataDir)?.url, hubSettings(home).url].flatMap((url) =>
    url === undefined || !URL.canParse(url) ? [] : [Number(new URL(url).port)],
  );
