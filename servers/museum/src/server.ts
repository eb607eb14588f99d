// Written by scaffold openapi@1; edits are lost, hand-written tools belong in src/tools/.
// Blueprint: sha256-e6c72a05c91001b4a0439d4e81dca5749df2007b5efbe38477cb345eb89bf843
// Build again: hub build --from <description> --name museum
import { serve } from '@counterpart/kit';
import { tools } from './tools.ts';

await serve(new URL('..', import.meta.url), { tools });
