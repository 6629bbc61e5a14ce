// A line of the log for people: time, level, component, message, then the other fields as name=value.

const levelWidth = 5;

/** `json`: one line as the logger made it. */
export function textLine(json: string): string {
  const { level, ts, msg, component, stack, ...fields } = JSON.parse(json) as Record<
    string,
    string | number
  >;
  const head = `${ts} ${String(level).toUpperCase().padEnd(levelWidth)}`;
  const part = component === undefined ? '' : ` ${component}:`;
  const rest = Object.entries(fields).map(([name, value]) => ` ${name}=${shown(value)}`);
  const trace = stack === undefined ? '' : `\n${stack}`;
  return `${head}${part} ${msg}${rest.join('')}${trace}\n`;
}

/** Quoted where a reader could not tell where it ends, and where it could break the line. */
function shown(value: string | number): string {
  const text = String(value);
  return /^[\w.:/@+-]+$/.test(text) ? text : JSON.stringify(text);
}
