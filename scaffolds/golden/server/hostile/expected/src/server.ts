// Written by scaffold openapi@1; edits are lost, hand-written tools belong in src/tools/.
// Blueprint: sha256-0bc5f6e4536af2d946d107112343454033cf829f4bafce0dd7b5e6d868781902
// Build again: hub build --from <description> --name hostile
import { serve } from '@counterpart/kit';

await serve(new URL('..', import.meta.url));
