// Written by scaffold openapi@1; edits are lost, hand-written tools belong in src/tools/.
// Blueprint: sha256-6f243407cc26329665b5cee20b880eb8cac108a21e3cdbf477f440ed9b14390d
// Build again: hub build --from <description> --name pokeapi
import { serve } from '@counterpart/kit';

await serve(new URL('..', import.meta.url));
