export function createTypesetter(): Promise<(tex: string) => Promise<string>>;
