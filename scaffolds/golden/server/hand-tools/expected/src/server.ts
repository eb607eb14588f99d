// Written by scaffold openapi@1; edits are lost, hand-written tools belong in src/tools/.
// Blueprint: sha256-dc72ff11a92af83eb7e9114ea57d011ced3e0825e114e667994a238cca42d353
// Build again: hub build --from <description> --name pets
import { serve } from '@counterpart/kit';
import { tools } from './tools.ts';

await serve(new URL('..', import.meta.url), { tools });
