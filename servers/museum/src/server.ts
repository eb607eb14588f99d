// Written by scaffold openapi@1; edits are lost, hand-written tools belong in src/tools/.
// Blueprint: sha256-82a9c56e9a7ff64caa1a766d0d5ee3fd8350fb9e3ca4f5b57338242bfea20def
// Build again: hub build --from <description> --name museum
import { serve } from '@counterpart/kit';
import { tools } from './tools.ts';

await serve(new URL('..', import.meta.url), { tools });
