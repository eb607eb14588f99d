/** Where a hub listens, and the token that opens its admin API. */
export interface HubAddress {
  readonly url: string;
  readonly token: string;
}
