/** The page `docs/sdk.md` as it should be. */
export function sdkReference(): Promise<string>;
