export {
  BROKER_NAME,
  baseUrlName,
  credentialNames,
  databaseUrlName,
  GRANTS_NAME,
  HANDED_NAME,
  serverVariableName,
  type CredentialNames,
} from './compile/credentials/env-names.ts';
export { parseDatabaseUrl, type DatabaseAddress } from './database/address.ts';
