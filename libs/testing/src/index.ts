// Simulator, model, fixtures and harness.

export {};
