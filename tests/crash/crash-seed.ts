// The schedule of the kills: the same at every run of the gate unless PERDURE_CRASH_SEED says otherwise.

export const seed = Number(process.env['PERDURE_CRASH_SEED'] ?? 91_546);
