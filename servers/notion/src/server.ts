// Written by scaffold openapi@1; edits are lost, hand-written tools belong in src/tools/.
// Blueprint: sha256-1545b61ba6b4377d123946101634288ca91346f76aa735c058074c2f915cfeac
// Build again: hub build --from <description> --name notion
import { serve } from '@counterpart/kit';

await serve(new URL('..', import.meta.url));
