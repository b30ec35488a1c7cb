const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' };

function characterOf(entity: string): string | undefined {
  const digits = /^#(x?)([0-9a-f]+)$/i.exec(entity);
  if (!digits) return ENTITIES[entity.toLowerCase()];
  const code = Number.parseInt(digits[2] ?? '', digits[1] === '' ? 10 : 16);
  return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : undefined;
}

/** HTML fragments of vendors' catalogues as plain text: tags dropped, paragraphs and breaks kept as line ends. */
export function plainText(html: string | undefined): string | undefined {
  if (html === undefined) return undefined;
  const text = html
    .replace(/<\s*(?:br|\/p|\/div|\/li|\/tr|p|li|h[1-6])\b[^<>]*>/gi, '\n')
    .replace(/<\/?[a-z][^<>]*>/gi, '')
    .replace(
      /&(amp|lt|gt|quot|apos|nbsp|#\d{1,7}|#x[0-9a-f]{1,6});/gi,
      (whole, name: string) => characterOf(name) ?? whole,
    )
    .replace(/[ \t]+/g, ' ')
    .replace(/ ?\n[ \n]*/g, '\n')
    .trim();
  return text === '' ? undefined : text;
}
