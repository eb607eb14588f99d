// Written by scaffold openapi@1; edits are lost, hand-written tools belong in src/tools/.
// Blueprint: sha256-79ff99c2fe1802bea304c784aa8219d42355c18f32e9b4b99c6f9101eec9ec39
// Build again: hub build --from <description> --name stripe
import { serve } from '@counterpart/kit';

await serve(new URL('..', import.meta.url));
