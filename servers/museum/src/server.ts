// Written by scaffold openapi@1; edits are lost, hand-written tools belong in src/tools/.
// Blueprint: sha256-fe9d3d5f293c5aee7922cd658d5a69470eca2de1ae1ae69576398286ee664375
// Build again: hub build --from <description> --name museum
import { serve } from '@counterpart/kit';
import { tools } from './tools.ts';

await serve(new URL('..', import.meta.url), { tools });
