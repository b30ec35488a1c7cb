import fc from 'fast-check';
import { HOSTILE_TEXTS } from '../../../src/testing/hostile.js';

/** Any text at all, mixed with texts and pieces that have a meaning somewhere. */
export const hostileText = fc
  .array(
    fc.oneof(
      fc.constantFrom(...HOSTILE_TEXTS),
      fc.constantFrom(
        '##',
        '#',
        'teamcity[',
        'vso[',
        '[',
        '::',
        ':',
        'section_',
        'start',
        ':',
        '\u001b',
        '\u009b',
        '\u009d',
        '\n',
        '\r',
        ' ',
        '`',
        '|',
        '\\',
        '&',
        '<',
        ']]>',
        '//',
        'www.',
        '\ud83d',
        '\ude00',
      ),
      fc.string({ unit: 'binary', maxLength: 6 }),
    ),
    { maxLength: 10 },
  )
  .map((parts) => parts.join(''));
