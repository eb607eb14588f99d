// Written by scaffold openapi@1; edits are lost, hand-written tools belong in src/tools/.
// Blueprint: sha256-54eabc88958589b30099538b21a538696848cc3b8716fb7599144520b7facb8a
// Build again: hub build --from <description> --name stripe
import { serve } from '@counterpart/kit';

await serve(new URL('..', import.meta.url));
