import { visibilityContract } from '@perdure/ports/contract/visibility.contract';
import { createMemoryVisibility } from './memory-visibility.ts';

visibilityContract('memory', async () => ({ index: createMemoryVisibility() }));
