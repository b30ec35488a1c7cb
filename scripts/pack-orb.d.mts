/** The packed orb as text. */
export function packOrb(): string;
