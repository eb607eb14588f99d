export {
  baseUrlName,
  credentialNames,
  GRANTS_NAME,
  serverVariableName,
  type CredentialNames,
} from './compile/env-names.ts';
