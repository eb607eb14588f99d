// Written by scaffold openapi@1; edits are lost, hand-written tools belong in src/tools/.
// Blueprint: sha256-43b5fc38e1d029191d3bd410117778c02cdd2f0caeff16146fc45885a45b3af3
// Build again: hub build --from <description> --name pokeapi
import { serve } from '@counterpart/kit';

await serve(new URL('..', import.meta.url));
