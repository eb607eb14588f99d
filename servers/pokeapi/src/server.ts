// Written by scaffold openapi@1; edits are lost, hand-written tools belong in src/tools/.
// Blueprint: sha256-8a167d4108fbc7b4e48e79f1cd7b1850903982202a95fd3d791cd692715ebda4
// Build again: hub build --from <description> --name pokeapi
import { serve } from '@counterpart/kit';

await serve(new URL('..', import.meta.url));
