import type { Finding } from '../model/finding.js';

/** What a selector may ask beside the finding itself. */
export interface SelectContext {
  /** Start of the judging, milliseconds since the epoch. */
  nowMs: number;
  /** Tags of the target. */
  tags: readonly string[];
  /** Filled with the names of fields that were looked at and not there. */
  missing: string[];
}

/** Three-valued: `undefined` means that it cannot be told, because the source did not give a field. */
export type Selector = (finding: Finding, context: SelectContext) => boolean | undefined;

/** AND of three values: one false decides, whatever is missing elsewhere. */
export const every = (selectors: readonly Selector[]): Selector => {
  const [only] = selectors;
  if (only && selectors.length === 1) return only;
  return (finding, context) => {
    const before = context.missing.length;
    let result: boolean | undefined = true;
    for (const selector of selectors) {
      const value = selector(finding, context);
      if (value === false) {
        context.missing.length = before;
        return false;
      }
      if (value === undefined) result = undefined;
    }
    return result;
  };
};

/** OR of three values: one true decides. */
export const some =
  (selectors: readonly Selector[]): Selector =>
  (finding, context) => {
    const before = context.missing.length;
    let result: boolean | undefined = false;
    for (const selector of selectors) {
      const value = selector(finding, context);
      if (value === true) {
        context.missing.length = before;
        return true;
      }
      if (value === undefined) result = undefined;
    }
    return result;
  };

/** NOT of three values: what cannot be told cannot be told the other way round either. */
export const none =
  (selector: Selector): Selector =>
  (finding, context) => {
    const value = selector(finding, context);
    return value === undefined ? undefined : !value;
  };
