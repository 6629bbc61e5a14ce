// Compositions, configuration, lifecycle.

export {};
