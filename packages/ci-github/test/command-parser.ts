/*
 * Workflow commands, read by the grammar alone: `::name key=value,key=value::data`, with %25, %0D, %0A everywhere and
 * %3A, %2C in values. Shares nothing with the writer.
 */

export interface WorkflowCommand {
  name: string;
  properties: Record<string, string>;
  data: string;
}

const decode = (text: string, codes: string): string => {
  const bad = new RegExp(`%(?!${codes})`, 'i').exec(text);
  if (bad) throw new Error(`a percent sign that encodes nothing: ${text}`);
  return text.replace(new RegExp(`%(${codes})`, 'gi'), (_, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  );
};

/** Throws where the line is not exactly one command. */
export function parseCommand(line: string): WorkflowCommand {
  const [whole, name = '', list = '', data = ''] = /^::([a-z-]+)(?: ([^:\r\n]+))?::([^\r\n]*)$/.exec(line) ?? [];
  if (whole === undefined) throw new Error(`no command: ${line}`);
  const pairs = list === '' ? [] : list.split(',');
  const properties: Record<string, string> = {};
  for (const pair of pairs) {
    const [, key, value] = /^([A-Za-z]+)=(.+)$/s.exec(pair) ?? [];
    if (key === undefined || value === undefined || key in properties) throw new Error(`no property: ${pair}`);
    properties[key] = decode(value, '25|0D|0A|3A|2C');
  }
  return { name, properties, data: decode(data, '25|0D|0A') };
}
