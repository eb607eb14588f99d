// Written by scaffold openapi@1; edits are lost, hand-written tools belong in src/tools/.
// Blueprint: sha256-36e58666f5bda3d89b0ab4bb6b30feb5b74104e1ee95bc181f5411a218521e8c
// Build again: hub build --from <description> --name pets
import { serve } from '@counterpart/kit';

await serve(new URL('..', import.meta.url));
