/** Version of the kit, equal to its package's; part of the user agent. */
export const KIT_VERSION = '0.1.0';
