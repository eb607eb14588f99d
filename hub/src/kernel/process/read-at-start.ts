/** Variables that a process, its Node and its libraries read only while it begins. */
export const READ_AT_START = /^(?:NODE_(?!COMPILE_CACHE$)|UV_|LD_|DYLD_|SSL_CERT_|OPENSSL_|MALLOC_|ICU_)/;

/** Variables that give a process its language and time from its start. */
export const SHAPING = ['LANG', 'LC_ALL', 'TZ'];
