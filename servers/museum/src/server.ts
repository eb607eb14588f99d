// Written by scaffold openapi@1; edits are lost, hand-written tools belong in src/tools/.
// Blueprint: sha256-2f384719e8477047d000c35a8d4e2d5d14138357bb4256ec71fa7e16d6f64df0
// Build again: hub build --from <description> --name museum
import { serve } from '@counterpart/kit';
import { tools } from './tools.ts';

await serve(new URL('..', import.meta.url), { tools });
