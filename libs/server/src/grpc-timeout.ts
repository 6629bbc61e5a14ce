// How long a client is ready to wait, as gRPC writes it: eight digits at most, and a unit.

const msPerUnit: Readonly<Record<string, number>> = {
  H: 3_600_000,
  M: 60_000,
  S: 1_000,
  m: 1,
  u: 1e-3,
  n: 1e-6,
};

/** NaN: not a time. */
export function timeoutMsOf(text: string): number {
  const [, digits = '', unit = ''] = /^(\d{1,8})([HMSmun])$/.exec(text) ?? [];
  return Number(digits === '' ? 'none' : digits) * (msPerUnit[unit] ?? 1);
}
