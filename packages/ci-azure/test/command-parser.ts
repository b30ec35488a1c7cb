/*
 * Logging commands, read by the grammar alone: `##vso[area.action key=value;key=value;]data`, with %AZP25, %0D, %0A
 * everywhere and %3B, %5D in values. Shares nothing with the writer.
 */

export interface LoggingCommand {
  name: string;
  properties: Record<string, string>;
  data: string;
}

const decode = (text: string, codes: readonly string[]): string => {
  const pattern = new RegExp(`%(${codes.join('|')})`, 'g');
  if (text.replace(pattern, '').includes('%')) throw new Error(`a percent sign that encodes nothing: ${text}`);
  return text.replace(pattern, (_, code: string) => String.fromCharCode(Number.parseInt(code.replace('AZP', ''), 16)));
};

/** Throws where the line is not exactly one command. */
export function parseCommand(line: string): LoggingCommand {
  const [whole, name = '', list = '', data = ''] =
    /^##vso\[([a-z]+\.[a-z]+)(?: ([^\]\r\n]*))?\]([^\r\n]*)$/.exec(line) ?? [];
  if (whole === undefined || /##vso\[|##\[/.test(line.slice(2))) throw new Error(`no command: ${line}`);
  const properties: Record<string, string> = {};
  for (const pair of list.split(';').slice(0, -1)) {
    const [, key, value] = /^([a-z]+)=(.+)$/s.exec(pair) ?? [];
    if (key === undefined || value === undefined || key in properties) throw new Error(`no property: ${pair}`);
    properties[key] = decode(value, ['AZP25', '0D', '0A', '3B', '5D']);
  }
  return { name, properties, data: decode(data, ['AZP25', '0D', '0A']) };
}
