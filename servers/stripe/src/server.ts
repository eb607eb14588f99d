// Written by scaffold openapi@1; edits are lost, hand-written tools belong in src/tools/.
// Blueprint: sha256-aca97635fc937772631b33c25ceab4664d443c24407905b6cde2342c9f031704
// Build again: hub build --from <description> --name stripe
import { serve } from '@counterpart/kit';

await serve(new URL('..', import.meta.url));
