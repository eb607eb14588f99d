// Written by scaffold openapi@1; edits are lost, hand-written tools belong in src/tools/.
// Blueprint: sha256-4e5dab84fa35175105c020effb77a9b146134b1743b33cb950a01fed3a0f2d08
// Build again: hub build --from <description> --name pokeapi
import { serve } from '@counterpart/kit';

await serve(new URL('..', import.meta.url));
