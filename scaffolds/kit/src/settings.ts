export {
  baseUrlName,
  credentialNames,
  serverVariableName,
  type CredentialNames,
} from './compile/env-names.ts';
