import type { Capability, Permission, ServerPermissions } from '@counterpart/schemas';
import { type Markup, markup } from '../pages/markup.ts';
import { section } from './parts.ts';

const TITLES: Readonly<Record<Capability, readonly [title: string, empty: string]>> = {
  tool: ['It will be able to', 'It offers no tool.'],
  net: ['It may reach', 'No host.'],
  secret: ['It is given these secrets, by name', 'No secret.'],
  fs: ['It may read these files', 'No file.'],
};
const ORDER: readonly Capability[] = ['tool', 'net', 'secret', 'fs'];

type About = Partial<Readonly<Record<Capability, (name: string) => Markup | undefined>>>;

/**
 * All that a server may use, each with a tick that its owner may take away. Choices are sent by their number on the list: the
 * hash of what is shown says which list that is.
 */
export function capabilities({ permissions, walls, unheld }: ServerPermissions, about: About): Markup {
  const parts = ORDER.map((capability) => {
    const isHeld = walls !== 'none' || capability === 'tool' || capability === 'secret';
    const items = permissions.flatMap((permission, at) =>
      permission.capability === capability
        ? [choice(permission, { at, isHeld, about: about[capability]?.(permission.name) })]
        : [],
    );
    return section(TITLES[capability][0], items, TITLES[capability][1]);
  });
  return markup`${parts}${unheld.map((words) => markup`<p class="note warn">${words}</p>`)}`;
}

interface Choice {
  readonly at: number;
  /** Whether anything would hold the server to a denial. */
  readonly isHeld: boolean;
  readonly about: Markup | undefined;
}

function choice({ name, state, by }: Permission, { at, isHeld, about }: Choice): Markup {
  const why =
    state === 'denied' ? ' denied already' : by === 'owner' ? ' by your own configuration' : undefined;
  // A disabled box sends nothing: where nothing can be taken away, the value goes along unseen.
  const box =
    state === 'denied'
      ? markup`<input type="checkbox" id="allow-${at}" disabled>`
      : isHeld
        ? markup`<input type="checkbox" id="allow-${at}" name="allow" value="${at}" checked>`
        : markup`<input type="checkbox" id="allow-${at}" checked disabled><input type="hidden" name="allow" value="${at}">`;
  return markup`<div class="choice">${box}<label for="allow-${at}"><code>${name}</code>${why !== undefined && markup` <span class="note">${why}</span>`}${about}</label></div>`;
}
