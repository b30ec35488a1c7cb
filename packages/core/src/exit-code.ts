/** The only table of exit codes (design section 3). A status is never a count. */
export const EXIT_CODES = {
  pass: 0,
  fail: 1,
  usage: 2,
  warn: 3,
  inconclusive: 4,
  timeout: 5,
  refused: 6,
  internal: 70,
  temporary: 75,
  interrupted: 130,
  terminated: 143,
} as const;

export type ExitName = keyof typeof EXIT_CODES;

export const EXIT_MEANINGS: Record<ExitName, string> = {
  pass: 'the policy holds (warnings allowed)',
  fail: 'the policy is violated',
  usage: 'wrong flag, bad config or policy, unknown key, empty criterion, no rule at all',
  warn: 'only warn rules are violated and --exit-on-warn was given',
  inconclusive: 'evidence is missing, unreadable, foreign, truncated or incomplete',
  timeout: 'the wait limit passed; the state is saved',
  refused: 'authentication, permission or entitlement',
  internal: 'a bug of ours',
  temporary: 'quota or network, after all retries; CI may retry',
  interrupted: 'SIGINT',
  terminated: 'SIGTERM',
};
