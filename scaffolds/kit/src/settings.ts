export {
  baseUrlName,
  credentialNames,
  GRANTS_NAME,
  serverVariableName,
  type CredentialNames,
} from './compile/credentials/env-names.ts';
